// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/numa.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// How the host gives memory and threads to a guest.

namespace vireo::model::domain {

/// <iothread>: a thread of QEMU that serves disks.
struct IoThread {
    std::uint32_t id = 0; ///< from 1
    std::optional<std::int64_t> pool_min, pool_max;
    friend bool operator==(const IoThread&, const IoThread&) = default;
};

/// <defaultiothread>: the pool of threads that serves QEMU's main loop.
struct DefaultIoThread {
    std::optional<std::int64_t> pool_min, pool_max;
    friend bool operator==(const DefaultIoThread&, const DefaultIoThread&) = default;
};

/// <memtune>: how much memory of the host the guest may use.
struct MemoryTuning {
    std::optional<MemorySize> hard_limit, soft_limit, min_guarantee, swap_hard_limit;
    bool is_empty() const { return *this == MemoryTuning{}; }
    friend bool operator==(const MemoryTuning&, const MemoryTuning&) = default;
};

/// <page> of <hugepages>.
struct HugePage {
    MemorySize size;
    std::string nodeset; ///< guest's NUMA nodes; empty: all others
    friend bool operator==(const HugePage&, const HugePage&) = default;
};

enum class MemorySource { File, Anonymous, Memfd };
constexpr auto names_of(MemorySource) {
    using enum MemorySource;
    return std::to_array<std::pair<MemorySource, std::string_view>>(
        {{File, "file"}, {Anonymous, "anonymous"}, {Memfd, "memfd"}});
}

enum class MemoryAllocation { Immediate, Ondemand };
constexpr auto names_of(MemoryAllocation) {
    using enum MemoryAllocation;
    return std::to_array<std::pair<MemoryAllocation, std::string_view>>(
        {{Immediate, "immediate"}, {Ondemand, "ondemand"}});
}

/// <memoryBacking>: what the guest's memory is on the host.
struct MemoryBacking {
    bool huge_pages = false;
    std::vector<HugePage> pages; ///< none with `huge_pages`: the host's default size
    bool no_share_pages = false, locked = false, discard = false;
    std::optional<MemorySource> source;
    std::optional<MemoryAccess> access;
    std::optional<MemoryAllocation> allocation;
    std::optional<std::uint32_t> allocation_threads;
    friend bool operator==(const MemoryBacking&, const MemoryBacking&) = default;
};

/// <maxMemory>: how large memory may grow by plugging devices into `slots`.
struct MaxMemory {
    std::uint32_t slots = 0;
    MemorySize size;
    friend bool operator==(const MaxMemory&, const MaxMemory&) = default;
};

/// <sysinfo>: what SMBIOS tells of the machine, by libvirt's names.
struct SystemInfo {
    struct Entry {
        std::string name, value;
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    struct Block {
        std::vector<Entry> entries;
        friend bool operator==(const Block&, const Block&) = default;
    };
    /// A file that the guest finds in QEMU's firmware configuration.
    struct File {
        std::string name;        ///< "opt/org.example/name"
        std::string value, path; ///< what is in it, or where the host has that
        friend bool operator==(const File&, const File&) = default;
    };
    std::string type; ///< "smbios" or "fwcfg"
    std::optional<Block> bios, system, chassis;
    std::vector<Block> base_boards;
    std::vector<std::string> oem_strings;
    std::vector<File> files; ///< of fwcfg
    friend bool operator==(const SystemInfo&, const SystemInfo&) = default;
};

} // namespace vireo::model::domain
