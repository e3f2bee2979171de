// SPDX-License-Identifier: Apache-2.0
// What libvirt's format calls tuning: none of it is on QEMU's command line, the host has to do it.
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

namespace {
/// A number that an empty element leaves open; unless `counts_zero`, zero does so too.
template <class Node, class T>
void describe_limit(Node& node, const char* name, std::optional<T>& value, bool counts_zero = false) {
    std::string text;
    auto element = node.child(name);
    element.text(text);
    if (text.empty()) return;
    element.text(value.emplace());
    if (*value == 0 && !counts_zero) value.reset();
}
template <class Node, class T>
void describe_limit(Node& node, const char* name, const std::optional<T>& value, bool = false) {
    node.child(name, value);
}

template <class Node>
void describe_bandwidth(Node& node, const char* period, const char* quota, auto& bandwidth) {
    describe_limit(node, period, bandwidth.period);
    describe_limit(node, quota, bandwidth.quota);
    if constexpr (is_reader<Node>) {
        constexpr std::uint64_t shortest = 1000, longest = 1000000;
        constexpr std::int64_t least = 1000, most = 17592186044415;
        if (bandwidth.period && (*bandwidth.period < shortest || *bandwidth.period > longest))
            node.child(period).fail(nullptr, ErrorCode::ConfigUnsupported,
                                    "from 1000 to 1000000 microseconds");
        if (bandwidth.quota > 0 && (*bandwidth.quota < least || *bandwidth.quota > most))
            node.child(quota).fail(nullptr, ErrorCode::ConfigUnsupported,
                                   "from 1000 to 17592186044415 microseconds, or negative for no limit");
    }
}

constexpr xml::Rule missing_is_internal{.missing = ErrorCode::InternalError};

/// A pin, whose thread is named by `attribute`.
template <class Node> void describe_pin(Node& node, const char* attribute, auto& pin) {
    node.attribute(attribute, pin.thread, xml::required).attribute("cpuset", pin.cpus, missing_is_internal);
    if constexpr (is_reader<Node>) read_cpu_set(node, "cpuset", pin.cpus);
}

template <class Node> void describe_scheduling(Node& node, const char* attribute, auto& scheduling) {
    if (attribute != nullptr) node.attribute(attribute, scheduling.threads, xml::required);
    node.attribute("scheduler", scheduling.scheduler, xml::required);
    bool has_priority =
        scheduling.scheduler == Scheduler::Fifo || scheduling.scheduler == Scheduler::RoundRobin;
    if (has_priority) node.attribute("priority", scheduling.priority, xml::required);
    if constexpr (is_reader<Node>) {
        if (attribute != nullptr) read_cpu_set(node, attribute, scheduling.threads);
    }
}

/// Calls `visit` with a node for each of them, new ones when reading.
template <class Node> void describe_each(Node& node, const char* name, auto& list, auto visit) {
    if constexpr (is_reader<Node>)
        node.for_each_child(name, [&](auto element) { visit(element, list.emplace_back()); });
    else
        for (auto& item : list) {
            auto element = node.child(name);
            visit(element, item);
        }
}

template <class Node> void describe_emulator_pin(Node& node, auto& cpus) {
    node.single("emulatorpin");
    auto pin = node.child("emulatorpin");
    if constexpr (is_reader<Node>) {
        if (!pin.exists()) return;
    }
    pin.attribute("cpuset", cpus, missing_is_internal);
    if constexpr (is_reader<Node>) read_cpu_set(pin, "cpuset", cpus);
}
} // namespace

template <class Node> void describe(Node& node, Of<ThreadScheduling> auto& scheduling) {
    describe_scheduling(node, nullptr, scheduling);
}

template <class Node> void describe(Node& node, Of<ResourceMonitor> auto& monitor) {
    node.attribute("level", monitor.level).attribute("vcpus", monitor.vcpus, xml::required);
    if constexpr (is_reader<Node>) read_cpu_set(node, "vcpus", monitor.vcpus);
}

template <class Node> void describe(Node& node, Of<CacheTuning::Cache> auto& cache) {
    node.attribute("id", cache.id, xml::required)
        .attribute("level", cache.level, xml::required)
        .attribute("type", cache.type, xml::required)
        .sized_attribute("size", cache.size, xml::required, "B");
}

template <class Node> void describe(Node& node, Of<CacheTuning> auto& tuning) {
    node.attribute("vcpus", tuning.vcpus, xml::required);
    if (node.live()) node.attribute("id", tuning.id);
    node.children("cache", tuning.caches).children("monitor", tuning.monitors);
    if constexpr (is_reader<Node>) check(node, tuning);
}

template <class Node> void describe(Node& node, Of<BandwidthTuning::Node> auto& part) {
    node.attribute("id", part.id, xml::required).attribute("bandwidth", part.bandwidth, xml::required);
}

template <class Node> void describe(Node& node, Of<BandwidthTuning> auto& tuning) {
    node.attribute("vcpus", tuning.vcpus, xml::required);
    node.children("node", tuning.nodes).children("monitor", tuning.monitors);
    if constexpr (is_reader<Node>) check(node, tuning);
}

/// What only control groups and resctrl can do.
template <class Node> void refuse_shares(const Node& node, const CpuTuning& tuning) {
    auto refuse = [&node](const char* name, bool given) {
        if (given) node.child(name).unsupported();
    };
    auto refuse_both = [&refuse](const char* period, const char* quota, const CpuBandwidth& bandwidth) {
        refuse(period, bandwidth.period.has_value());
        refuse(quota, bandwidth.quota.has_value());
    };
    refuse("shares", tuning.shares.has_value());
    refuse_both("period", "quota", tuning.vcpus);
    refuse_both("global_period", "global_quota", tuning.all);
    refuse_both("emulator_period", "emulator_quota", tuning.emulator);
    refuse_both("iothread_period", "iothread_quota", tuning.iothreads);
    refuse("cachetune", !tuning.caches.empty());
    refuse("memorytune", !tuning.memory_bandwidths.empty());
}

/// <cputune> (libvirt's formatdomain, "CPU Tuning").
template <class Node> void describe(Node& node, Of<CpuTuning> auto& tuning) {
    if constexpr (requires { node.unsupported(); }) refuse_shares(node, tuning);
    describe_limit(node, "shares", tuning.shares, true);
    describe_bandwidth(node, "period", "quota", tuning.vcpus);
    describe_bandwidth(node, "global_period", "global_quota", tuning.all);
    describe_bandwidth(node, "emulator_period", "emulator_quota", tuning.emulator);
    describe_bandwidth(node, "iothread_period", "iothread_quota", tuning.iothreads);
    auto pins = [](const char* attribute) {
        return [attribute](auto& element, auto& pin) { describe_pin(element, attribute, pin); };
    };
    auto schedulings = [](const char* attribute) {
        return [attribute](auto& element, auto& item) { describe_scheduling(element, attribute, item); };
    };
    describe_each(node, "vcpupin", tuning.vcpu_pins, pins("vcpu"));
    describe_emulator_pin(node, tuning.emulator_pin);
    describe_each(node, "iothreadpin", tuning.iothread_pins, pins("iothread"));
    node.single("emulatorsched").child("emulatorsched", tuning.emulator_scheduling);
    describe_each(node, "vcpusched", tuning.vcpu_scheduling, schedulings("vcpus"));
    describe_each(node, "iothreadsched", tuning.iothread_scheduling, schedulings("iothreads"));
    node.children("cachetune", tuning.caches).children("memorytune", tuning.memory_bandwidths);
}

namespace {
/// A number that libvirt reads as C does: a negative one counts from the top.
template <class Node, class T> void describe_wrapping(Node& node, const char* name, T& value) {
    constexpr auto wrong = ErrorCode::ConfigUnsupported;
    if constexpr (is_reader<Node>) {
        auto element = node.child(name);
        std::string text;
        element.text(text);
        if (text.starts_with('-')) {
            std::make_signed_t<T> negative = 0;
            element.text(negative, xml::Rule{wrong});
            value = static_cast<T>(negative);
        } else if (element.exists()) {
            element.text(value, xml::Rule{wrong});
        }
    } else if (value != 0) {
        node.child(name, value);
    }
}
} // namespace

template <class Node> void describe(Node& node, Of<BlockTuning::Device> auto& device) {
    node.child("path", device.path, xml::Rule{.missing = ErrorCode::ConfigUnsupported});
    describe_wrapping(node, "weight", device.weight);
    describe_wrapping(node, "read_iops_sec", device.read_iops);
    describe_wrapping(node, "write_iops_sec", device.write_iops);
    describe_wrapping(node, "read_bytes_sec", device.read_bytes);
    describe_wrapping(node, "write_bytes_sec", device.write_bytes);
}

/// <blkiotune> (libvirt's formatdomain, "Block I/O Tuning").
template <class Node> void describe(Node& node, Of<BlockTuning> auto& tuning) {
    if constexpr (requires { node.unsupported(); }) {
        if (!tuning.is_empty()) node.unsupported();
    }
    if constexpr (is_reader<Node>) {
        std::string weight;
        node.child("weight", weight);
        if (!xml::read_value(std::string_view{weight}, tuning.weight)) tuning.weight = 0; // as libvirt does
    } else if (tuning.weight != 0) {
        node.child("weight", tuning.weight);
    }
    node.children("device", tuning.devices);
    if constexpr (is_reader<Node>) {
        check(node, tuning);
        auto is_unlimited = [](const auto& device) {
            auto plain = BlockTuning::Device{};
            plain.path = device.path;
            return device == plain;
        };
        std::erase_if(tuning.devices, is_unlimited);
    }
}

/// <resource>: a group exists by being named, so a start has nothing to do for it.
template <class Node> void describe(Node& node, Of<ResourceGroup> auto& resource) {
    node.child("partition", resource.partition);
    node.child("fibrechannel").attribute("appid", resource.fibre_channel_id);
}

template <class Node> void describe(Node& node, Of<PerformanceEvent> auto& event) {
    if constexpr (requires { node.unsupported(); }) {
        if (event.enabled == Answer::Yes) node.unsupported();
    }
    node.attribute("name", event.name, xml::required).attribute("enabled", event.enabled, xml::required);
    if constexpr (is_reader<Node>) check(node, event);
}

template void describe(xml::Reader&, CpuTuning&);
template void describe(xml::Writer&, const CpuTuning&);
template void describe(xml::Survey&, const CpuTuning&);
template void describe(xml::Reader&, BlockTuning&);
template void describe(xml::Writer&, const BlockTuning&);
template void describe(xml::Survey&, const BlockTuning&);
template void describe(xml::Reader&, ResourceGroup&);
template void describe(xml::Writer&, const ResourceGroup&);
template void describe(xml::Survey&, const ResourceGroup&);
template void describe(xml::Reader&, PerformanceEvent&);
template void describe(xml::Writer&, const PerformanceEvent&);
template void describe(xml::Survey&, const PerformanceEvent&);

} // namespace vireo::model::domain
