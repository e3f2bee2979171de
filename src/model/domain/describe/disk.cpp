// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/image_source.hpp"
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
        .kept("iothreads", driver.kept);
    describe_virtio(node, driver.virtio);
    {
        auto cache = node.child("metadata_cache");
        describe_bytes(cache, "max_size", driver.metadata_cache);
    }
    if constexpr (is_reader<Node>) {
        if (!driver.type.empty() && !is_disk_format(driver.type))
            node.fail("type", ErrorCode::ConfigUnsupported,
                      "the format is not known; usual ones are 'raw', 'qcow2'");
    }
}

template <class Node> void describe(Node& node, Of<BackingStore> auto& store) {
    node.attribute("type", store.type);
    if (node.live()) node.kept_attribute("index", store.kept);
    node.child("format").attribute("type", store.format);
    if constexpr (is_reader<Node>) {
        check(node, store);
        if (!store.type) { // the end of the chain, whatever else is said
            store.format.clear();
            return;
        }
    }
    if (store.type) {
        auto source = node.child("source");
        source.open(); // one that says nothing is there too
        describe_place(source, *store.type, store);
        describe_parts(source, *store.type, store);
        describe_secrets(source, store.details, true, true);
    }
    node.children("backingStore", store.next);
    if constexpr (is_reader<Node>) keep_first(store.next);
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
    if constexpr (is_reader<Node>) {
        if (!node.exists()) { // a drive without a medium
            if (disk.device == DiskDevice::Cdrom && disk.type == DiskType::Block) disk.type = DiskType::File;
            return;
        }
    }
    describe_place(node, disk.type, disk);
    node.attribute("startupPolicy", disk.startup_policy);
    if (node.live()) node.attribute("index", disk.source_index);
    describe_parts(node, disk.type, disk);
    describe_secrets(node, disk.details, !disk.auth_is_outside, !disk.encryption_is_outside);
}

/// <auth> and <encryption> stood beside <source> once; a document may have them there or in it.
template <class Node> void describe_outside(Node& node, auto& disk, const char* name) {
    bool is_auth = std::string_view{name} == "auth";
    auto& outside = is_auth ? disk.auth_is_outside : disk.encryption_is_outside;
    if constexpr (is_reader<Node>) {
        outside = node.child(name).exists();
        if (outside && node.child("source").child(name).exists())
            node.fail(nullptr, ErrorCode::ConfigUnsupported,
                      fmt::format("<{}> is there twice: in <source> and beside it", name));
    }
    if (outside) describe_secrets(node, disk.details, is_auth, !is_auth);
}

template <class Node> void describe_disk_target(Node node, auto& disk) {
    node.attribute("dev", disk.target)
        .attribute("bus", disk.bus)
        .attribute("tray", disk.tray)
        .attribute("removable", disk.removable)
        .attribute("rotation_rate", disk.rotation_rate);
}

template <class Node> void describe(Node& node, Of<Transient> auto& transient) {
    node.attribute("shareBacking", transient.share_backing);
    if constexpr (requires { node.unsupported(); }) node.unsupported(); // nobody makes the overlay yet
}

template <class Node> void describe_marks(Node& node, auto& disk) {
    node.flag("readonly", disk.readonly)
        .flag("shareable", disk.shareable)
        .child("transient", disk.transient)
        .child("serial", disk.serial)
        .child("wwn", disk.wwn)
        .child("vendor", disk.vendor)
        .child("product", disk.product);
}

template <class Node> void describe(Node& node, Of<Disk> auto& disk) {
    node.attribute("type", disk.type)
        .attribute("device", disk.device)
        .attribute("model", disk.model)
        .attribute("rawio", disk.raw_io)
        .kept_attribute("sgio", disk.kept)
        .attribute("snapshot", disk.snapshot)
        .child("driver", disk.driver);
    describe_outside(node, disk, "auth");
    describe_disk_source(node.child("source"), disk);
    node.child("backenddomain").attribute("name", disk.backend_domain);
    node.children("backingStore", disk.backing_store).child("geometry", disk.geometry);
    if constexpr (is_reader<Node>) keep_first(disk.backing_store);
    describe_block_sizes(node.child("blockio"), disk);
    if (node.live()) node.kept("mirror", disk.kept);
    describe_disk_target(node.child("target"), disk);
    {
        auto tune = node.child("iotune");
        describe(tune, disk.io_tune);
    }
    describe_marks(node, disk);
    describe_outside(node, disk, "encryption");
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
