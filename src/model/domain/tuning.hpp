// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/common.hpp"
#include "xml/kept.hpp"

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

enum class MemoryAccess { Shared, Private };
constexpr auto names_of(MemoryAccess) {
    using enum MemoryAccess;
    return std::to_array<std::pair<MemoryAccess, std::string_view>>(
        {{Shared, "shared"}, {Private, "private"}});
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

/// <cell> of <numa>: one NUMA node of the guest.
struct NumaCell {
    std::optional<std::uint32_t> id;
    std::string cpus; ///< "0-3,8"; empty: none
    MemorySize memory;
    std::optional<MemoryAccess> access;
    std::optional<Answer> discard;
    struct Distance {
        std::uint32_t id = 0, value = 0; ///< value from 10 (itself) to 255 (unreachable)
        friend bool operator==(const Distance&, const Distance&) = default;
    };
    std::vector<Distance> distances;
    xml::Kept kept;
    friend bool operator==(const NumaCell&, const NumaCell&) = default;
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
    std::string type; ///< "smbios" or "fwcfg"
    std::optional<Block> bios, system, chassis;
    std::vector<Block> base_boards;
    std::vector<std::string> oem_strings;
    xml::Kept kept;
    friend bool operator==(const SystemInfo&, const SystemInfo&) = default;
};

/// What the user adds to QEMU's command line (<qemu:commandline>).
struct ExtraArguments {
    struct Variable {
        std::string name, value;
        friend bool operator==(const Variable&, const Variable&) = default;
    };
    struct Argument {
        std::string value;
        friend bool operator==(const Argument&, const Argument&) = default;
    };
    std::vector<Argument> arguments;
    std::vector<Variable> environment;
    bool empty() const { return arguments.empty() && environment.empty(); }
    friend bool operator==(const ExtraArguments&, const ExtraArguments&) = default;
};

} // namespace vireo::model::domain
