// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/device_info.hpp"
#include "model/domain/disk.hpp"

namespace vireo::model::domain {

/// <driver> of a disk (libvirt's formatdomain, "Hard drives, floppy disks, CDROMs").
template <class Node> void describe(Node& node, Of<DiskDriver> auto& driver) {
    node.attribute("name", driver.name)
        .attribute("type", driver.type)
        .attribute("cache", driver.cache)
        .attribute("error_policy", driver.error_policy)
        .attribute("rerror_policy", driver.rerror_policy)
        .attribute("io", driver.io)
        .kept_attributes({"ioeventfd", "event_idx", "copy_on_read"}, driver.kept)
        .attribute("discard", driver.discard)
        .kept_attribute("iothread", driver.kept)
        .attribute("detect_zeroes", driver.detect_zeroes)
        .kept_attributes(
            {"discard_no_unref", "queues", "queue_size", "iommu", "ats", "packed", "page_per_vq"},
            driver.kept)
        .kept({"metadata_cache", "iothreads"}, driver.kept);
    if constexpr (is_reader<Node>) {
        if (!driver.type.empty() && !is_disk_format(driver.type))
            node.fail("type", ErrorCode::ConfigUnsupported,
                      "the format is not known; usual ones are 'raw', 'qcow2'");
    }
}

/// <source> of a disk: what other types than file and block have is kept.
template <class Node> void describe_disk_source(Node node, auto& disk) {
    if (disk.type == DiskType::File) node.attribute("file", disk.source);
    if (disk.type == DiskType::Block) node.attribute("dev", disk.source);
    auto& kept = disk.source_kept;
    node.kept_attributes({"type", "protocol", "name", "pool", "volume", "mode", "dir", "path", "managed",
                          "namespace", "tls", "tlsHostname", "query", "fdgroup"},
                         kept);
    node.attribute("startupPolicy", disk.startup_policy);
    if (node.live()) node.attribute("index", disk.source_index);
    node.kept({"host", "snapshot", "config", "auth", "initiator", "address", "seclabel", "slices",
               "encryption", "reservations", "ssl", "cookies", "readahead", "timeout", "reconnect",
               "identity", "knownHosts"},
              kept);
}

template <class Node> void describe(Node& node, Of<Disk> auto& disk) {
    node.attribute("type", disk.type)
        .attribute("device", disk.device)
        .kept_attributes({"model", "rawio", "sgio", "snapshot"}, disk.kept)
        .supports("type", disk.type, {DiskType::File, DiskType::Block})
        .supports("device", disk.device, {DiskDevice::Disk, DiskDevice::Cdrom, DiskDevice::Floppy});
    node.child("driver", disk.driver).kept("auth", disk.kept);
    describe_disk_source(node.child("source"), disk);
    node.kept({"backingStore", "backenddomain", "geometry", "blockio"}, disk.kept);
    if (node.live()) node.kept("mirror", disk.kept);
    node.child("target")
        .attribute("dev", disk.target)
        .attribute("bus", disk.bus)
        .attribute("tray", disk.tray)
        .attribute("removable", disk.removable)
        .attribute("rotation_rate", disk.rotation_rate);
    node.kept("iotune", disk.kept)
        .flag("readonly", disk.readonly)
        .flag("shareable", disk.shareable)
        .kept("transient", disk.kept)
        .child("serial", disk.serial)
        .child("wwn", disk.wwn)
        .child("vendor", disk.vendor)
        .child("product", disk.product)
        .kept("encryption", disk.kept);
    describe_info(node, disk.info);
    if constexpr (is_reader<Node>) check(node, disk);
}

} // namespace vireo::model::domain
