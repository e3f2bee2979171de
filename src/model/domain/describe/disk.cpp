// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

/// <driver> of a disk (libvirt's formatdomain, "Hard drives, floppy disks, CDROMs").
template <class Node> void describe(Node& node, Of<DiskDriver> auto& driver) {
    node.attribute("name", driver.name)
        .attribute("type", driver.type)
        .attribute("cache", driver.cache)
        .attribute("error_policy", driver.error_policy)
        .attribute("rerror_policy", driver.rerror_policy)
        .attribute("io", driver.io)
        .attribute("ioeventfd", driver.ioeventfd)
        .attribute("event_idx", driver.event_idx)
        .attribute("copy_on_read", driver.copy_on_read)
        .attribute("discard", driver.discard)
        .attribute("iothread", driver.iothread)
        .attribute("detect_zeroes", driver.detect_zeroes)
        .attribute("queues", driver.queues)
        .attribute("queue_size", driver.queue_size)
        .kept_attribute("discard_no_unref", driver.kept)
        .kept({"metadata_cache", "iothreads"}, driver.kept);
    describe_virtio(node, driver.virtio);
    if constexpr (is_reader<Node>) {
        if (!driver.type.empty() && !is_disk_format(driver.type))
            node.fail("type", ErrorCode::ConfigUnsupported,
                      "the format is not known; usual ones are 'raw', 'qcow2'");
    }
}

/// <host> of a network source.
template <class Node> void describe(Node& node, Of<NetworkHost> auto& host) {
    node.attribute("transport", host.transport)
        .attribute("name", host.name)
        .attribute("port", host.port)
        .attribute("socket", host.socket);
}

template <class Node> void describe_network_source(Node& node, auto& network) {
    constexpr xml::Rule named{ErrorCode::XmlError, ErrorCode::XmlError};
    node.attribute("protocol", network.protocol, named)
        .attribute("name", network.name)
        .attribute("query", network.query)
        .attribute("tls", network.tls)
        .children("host", network.hosts);
    node.child("initiator").child("iqn").attribute("name", network.initiator);
    node.child("snapshot").attribute("name", network.snapshot);
    node.child("config").attribute("file", network.config);
}

/// <source> of an image: what only types besides file, block and network have is kept.
template <class Node> void describe_image_source(Node& node, DiskType type, auto& image) {
    auto& kept = image.source_kept;
    if (type == DiskType::File) node.attribute("file", image.source);
    if (type == DiskType::Block) node.attribute("dev", image.source);
    if (type == DiskType::Dir) node.attribute("dir", image.source);
    if (type == DiskType::Network) describe_network_source(node, image.network);
    node.kept_attributes(
        {"type", "pool", "volume", "mode", "path", "managed", "namespace", "tlsHostname", "fdgroup"}, kept);
    node.kept({"auth", "address", "seclabel", "slices", "encryption", "reservations", "ssl", "cookies",
               "readahead", "timeout", "reconnect", "identity", "knownHosts"},
              kept);
}

template <class Node> void describe(Node& node, Of<BackingStore> auto& store) {
    node.attribute("type", store.type);
    if (node.live()) node.kept_attribute("index", store.kept);
    node.child("format").attribute("type", store.format);
    if (store.type) {
        auto source = node.child("source");
        describe_image_source(source, *store.type, store);
    }
    node.kept("reservations", store.kept).children("backingStore", store.next);
}

constexpr auto io_tune_limits = std::to_array<const char*>(
    {"total_bytes_sec", "read_bytes_sec", "write_bytes_sec", "total_iops_sec", "read_iops_sec",
     "write_iops_sec", "total_bytes_sec_max", "read_bytes_sec_max", "write_bytes_sec_max",
     "total_iops_sec_max", "read_iops_sec_max", "write_iops_sec_max", "size_iops_sec",
     "total_bytes_sec_max_length", "read_bytes_sec_max_length", "write_bytes_sec_max_length",
     "total_iops_sec_max_length", "read_iops_sec_max_length", "write_iops_sec_max_length"});

template <class Node> void describe(Node& node, Of<IoTune> auto& tune) {
    if constexpr (is_reader<Node>) {
        for (const char* name : io_tune_limits) {
            std::optional<std::uint64_t> limit;
            node.child(name, limit);
            if (limit && *limit != 0) tune.limits.push_back({name, *limit});
        }
    } else {
        for (const auto& limit : tune.limits) node.child(limit.name.data(), limit.value);
    }
    node.child("group_name", tune.group);
    if constexpr (is_reader<Node>) check(node, tune);
}

template <class Node> void describe(Node& node, Of<DiskGeometry> auto& geometry) {
    node.attribute("cyls", geometry.cylinders)
        .attribute("heads", geometry.heads)
        .attribute("secs", geometry.sectors)
        .attribute("trans", geometry.translation);
}

template <class Node> void describe_block_sizes(Node node, auto& disk) {
    node.attribute("logical_block_size", disk.logical_block_size)
        .attribute("physical_block_size", disk.physical_block_size)
        .attribute("discard_granularity", disk.discard_granularity);
}

template <class Node> void describe_disk_source(Node node, auto& disk) {
    if (node.exists()) describe_image_source(node, disk.type, disk);
    node.attribute("startupPolicy", disk.startup_policy);
    if (node.live()) node.attribute("index", disk.source_index);
}

template <class Node> void describe(Node& node, Of<Disk> auto& disk) {
    node.attribute("type", disk.type)
        .attribute("device", disk.device)
        .attribute("model", disk.model)
        .attribute("rawio", disk.raw_io)
        .kept_attributes({"sgio", "snapshot"}, disk.kept)
        .supports("type", disk.type, {DiskType::File, DiskType::Block, DiskType::Network, DiskType::Dir});
    node.child("driver", disk.driver).kept("auth", disk.kept);
    describe_disk_source(node.child("source"), disk);
    node.kept("backenddomain", disk.kept)
        .children("backingStore", disk.backing_store)
        .child("geometry", disk.geometry);
    describe_block_sizes(node.child("blockio"), disk);
    if (node.live()) node.kept("mirror", disk.kept);
    node.child("target")
        .attribute("dev", disk.target)
        .attribute("bus", disk.bus)
        .attribute("tray", disk.tray)
        .attribute("removable", disk.removable)
        .attribute("rotation_rate", disk.rotation_rate);
    {
        auto tune = node.child("iotune");
        describe(tune, disk.io_tune);
    }
    node.flag("readonly", disk.readonly)
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

template void describe(xml::Reader&, Disk&);
template void describe(xml::Writer&, const Disk&);
template void describe(xml::Survey&, const Disk&);
template void describe(xml::Reader&, IoTune&);
template void describe(xml::Writer&, const IoTune&);
template void describe(xml::Survey&, const IoTune&);

} // namespace vireo::model::domain
