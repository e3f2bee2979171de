// SPDX-License-Identifier: Apache-2.0
#include "qemu/statistics/blocks.hpp"

#include "qemu/disk_nodes.hpp"
#include "qemu/statistics/sources.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

namespace {
std::optional<std::uint64_t> count(const json::object* from, std::string_view key) {
    auto number = from != nullptr ? json::find_number(*from, key) : std::nullopt;
    if (!number || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
}

/// "virtio-disk0" of "/machine/peripheral/virtio-disk0/virtio-backend", or the whole of what is no path.
std::string alias_of(const json::object& device) {
    auto path = json::find_text(device, "qdev").value_or("");
    constexpr std::string_view folder = "/machine/peripheral/";
    if (path.starts_with(folder)) path.remove_prefix(folder.size());
    return std::string{path.substr(0, path.find('/'))};
}

template <class Visit> void for_each_object(const json::value& answer, Visit visit) {
    const auto* list = answer.if_array();
    if (list == nullptr) return;
    for (const auto& item : *list)
        if (const auto* object = item.if_object()) visit(*object);
}

void take_counters(BlockDevice& device, const json::object* from) {
    device.read_requests = count(from, "rd_operations");
    device.read_bytes = count(from, "rd_bytes");
    device.read_time = count(from, "rd_total_time_ns");
    device.write_requests = count(from, "wr_operations");
    device.write_bytes = count(from, "wr_bytes");
    device.write_time = count(from, "wr_total_time_ns");
    device.flush_requests = count(from, "flush_operations");
    device.flush_time = count(from, "flush_total_time_ns");
}

/// Of each node: the size of its image as the next one sees it.
std::map<std::string, std::uint64_t, std::less<>> sizes_of(const json::value& nodes) {
    std::map<std::string, std::uint64_t, std::less<>> sizes;
    for_each_object(nodes, [&](const json::object& node) {
        auto name = json::find_text(node, "node-name");
        auto size = count(json::find_object(node, "image"), "virtual-size");
        if (name && size) sizes.emplace(*name, *size);
    });
    return sizes;
}
} // namespace

BlockDevices join_block_answers(const json::value& statistics, const json::value& devices,
                                const json::value& nodes) {
    BlockDevices all;
    auto sizes = sizes_of(nodes);
    for_each_object(statistics, [&](const json::object& object) {
        auto& device = all[alias_of(object)];
        take_counters(device, json::find_object(object, "stats"));
        const auto* storage = json::find_object(object, "parent");
        if (storage == nullptr) return;
        device.allocation = count(json::find_object(*storage, "stats"), "wr_highest_offset");
        auto size = sizes.find(json::find_text(*storage, "node-name").value_or(""));
        if (size != sizes.end()) device.physical = size->second;
    });
    for_each_object(devices, [&](const json::object& object) {
        auto& device = all[alias_of(object)];
        device.io_status = json::find_text(object, "io-status").value_or("");
        const auto* medium = json::find_object(object, "inserted");
        const auto* image = medium != nullptr ? json::find_object(*medium, "image") : nullptr;
        device.capacity = count(image, "virtual-size");
        device.occupied = count(image, "actual-size");
    });
    return all;
}

awaitable<BlockDevices> ask_blocks(const Subject& subject) {
    auto statistics = co_await subject.monitor->execute("query-blockstats", subject.deadline);
    auto devices = co_await subject.monitor->execute("query-block", subject.deadline);
    json::object flat{{"flat", true}};
    auto nodes =
        co_await subject.monitor->execute("query-named-block-nodes", std::move(flat), subject.deadline);
    co_return join_block_answers(statistics, devices, nodes);
}

awaitable<void> add_blocks(const Subject& subject, Statistics& statistics) {
    auto known = co_await ask_blocks(subject);
    const auto& disks = subject.live.devices.disks;
    statistics.add("block.count", static_cast<std::uint32_t>(disks.size()));
    for (std::size_t i = 0; i < disks.size(); ++i) {
        auto add = [&](std::string_view name, std::optional<std::uint64_t> value) {
            if (value) statistics.add(fmt::format("block.{}.{}", i, name), *value);
        };
        statistics.add(fmt::format("block.{}.name", i), disks[i].target);
        if (!disks[i].source.empty()) {
            statistics.add(fmt::format("block.{}.path", i), disks[i].source);
            statistics.add(fmt::format("block.{}.backingIndex", i), node_number(disks, i));
        }
        const auto& device = known[disks[i].info.alias];
        add("rd.reqs", device.read_requests);
        add("rd.bytes", device.read_bytes);
        add("rd.times", device.read_time);
        add("wr.reqs", device.write_requests);
        add("wr.bytes", device.write_bytes);
        add("wr.times", device.write_time);
        add("fl.reqs", device.flush_requests);
        add("fl.times", device.flush_time);
        add("allocation", device.allocation);
        add("capacity", device.capacity);
        add("physical", device.occupied); // as libvirt has it here, unlike in domblkinfo
    }
}

} // namespace vireo::qemu
