// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/common.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// How much of the host's processors, disks and counters a guest gets.

namespace vireo::model::domain {

/// Whose thread of an emulator it is.
enum class ThreadKind { Emulator, Vcpu, IoThread };

/// Which processors of the host a thread may run on.
struct ThreadPin {
    std::uint32_t thread = 0; ///< number of the vcpu or iothread
    std::string cpus;         ///< "0-3,8"
    friend bool operator==(const ThreadPin&, const ThreadPin&) = default;
};

enum class Scheduler { Batch, Idle, Fifo, RoundRobin };
constexpr auto names_of(Scheduler) {
    using enum Scheduler;
    return std::to_array<std::pair<Scheduler, std::string_view>>(
        {{Batch, "batch"}, {Idle, "idle"}, {Fifo, "fifo"}, {RoundRobin, "rr"}});
}

struct ThreadScheduling {
    std::string threads; ///< numbers of vcpus or iothreads; of the emulator empty
    Scheduler scheduler = Scheduler::Batch;
    std::optional<std::int32_t> priority; ///< of fifo and rr
    friend bool operator==(const ThreadScheduling&, const ThreadScheduling&) = default;
};

/// What of a period (microseconds) threads may run; a negative quota is no limit.
struct CpuBandwidth {
    std::optional<std::uint64_t> period;
    std::optional<std::int64_t> quota;
    friend bool operator==(const CpuBandwidth&, const CpuBandwidth&) = default;
};

enum class CacheType { Both, Code, Data };
constexpr auto names_of(CacheType) {
    using enum CacheType;
    return std::to_array<std::pair<CacheType, std::string_view>>(
        {{Both, "both"}, {Code, "code"}, {Data, "data"}});
}

/// What of it is measured (resctrl).
struct ResourceMonitor {
    std::optional<std::uint32_t> level; ///< of a cache
    std::string vcpus;
    friend bool operator==(const ResourceMonitor&, const ResourceMonitor&) = default;
};

/// <cachetune>: a part of the host's caches for some vcpus.
struct CacheTuning {
    struct Cache {
        std::uint32_t id = 0, level = 0;
        CacheType type = CacheType::Both;
        MemorySize size;
        friend bool operator==(const Cache&, const Cache&) = default;
    };
    std::string vcpus;
    std::string id; ///< live only
    std::vector<Cache> caches;
    std::vector<ResourceMonitor> monitors;
    friend bool operator==(const CacheTuning&, const CacheTuning&) = default;
};

/// <memorytune>: a part of the bandwidth of the host's memory for some vcpus.
struct BandwidthTuning {
    struct Node {
        std::uint32_t id = 0, bandwidth = 0; ///< per cent
        friend bool operator==(const Node&, const Node&) = default;
    };
    std::string vcpus;
    std::vector<Node> nodes;
    std::vector<ResourceMonitor> monitors;
    friend bool operator==(const BandwidthTuning&, const BandwidthTuning&) = default;
};

/// <cputune>.
struct CpuTuning {
    std::optional<std::uint64_t> shares;
    CpuBandwidth vcpus, all, emulator, iothreads;
    std::vector<ThreadPin> vcpu_pins, iothread_pins;
    std::string emulator_pin;
    std::optional<ThreadScheduling> emulator_scheduling;
    std::vector<ThreadScheduling> vcpu_scheduling, iothread_scheduling;
    std::vector<CacheTuning> caches;
    std::vector<BandwidthTuning> memory_bandwidths;
    bool is_empty() const { return *this == CpuTuning{}; }
    friend bool operator==(const CpuTuning&, const CpuTuning&) = default;
};

/// <blkiotune>: weights and limits of the host's block devices.
struct BlockTuning {
    struct Device {
        std::string path;
        std::uint32_t weight = 0, read_iops = 0, write_iops = 0; ///< zero: not given
        std::uint64_t read_bytes = 0, write_bytes = 0;           ///< a second
        friend bool operator==(const Device&, const Device&) = default;
    };
    std::uint32_t weight = 0;
    std::vector<Device> devices;
    bool is_empty() const { return *this == BlockTuning{}; }
    friend bool operator==(const BlockTuning&, const BlockTuning&) = default;
};

/// <resource>: groups of the host that the guest belongs to.
struct ResourceGroup {
    std::string partition;        ///< of control groups: "/machine"
    std::string fibre_channel_id; ///< that its traffic is marked with
    friend bool operator==(const ResourceGroup&, const ResourceGroup&) = default;
};

/// <event> of <perf>: a counter of the host's processors.
struct PerformanceEvent {
    std::string name;
    Answer enabled = Answer::No;
    friend bool operator==(const PerformanceEvent&, const PerformanceEvent&) = default;
};

} // namespace vireo::model::domain
