// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/common.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The NUMA nodes that a guest sees, and those of the host that its memory comes from.

namespace vireo::model::domain {

enum class MemoryAccess { Shared, Private };
constexpr auto names_of(MemoryAccess) {
    using enum MemoryAccess;
    return std::to_array<std::pair<MemoryAccess, std::string_view>>(
        {{Shared, "shared"}, {Private, "private"}});
}

enum class CacheAssociativity { None, Direct, Full };
constexpr auto names_of(CacheAssociativity) {
    using enum CacheAssociativity;
    return std::to_array<std::pair<CacheAssociativity, std::string_view>>(
        {{None, "none"}, {Direct, "direct"}, {Full, "full"}});
}

enum class CachePolicy { None, Writeback, Writethrough };
constexpr auto names_of(CachePolicy) {
    using enum CachePolicy;
    return std::to_array<std::pair<CachePolicy, std::string_view>>(
        {{None, "none"}, {Writeback, "writeback"}, {Writethrough, "writethrough"}});
}

/// <cache> of a cell: what stands before the memory of this node.
struct NumaCache {
    std::uint32_t level = 0; ///< from 1
    CacheAssociativity associativity = CacheAssociativity::None;
    CachePolicy policy = CachePolicy::None;
    MemorySize size, line;
    friend bool operator==(const NumaCache&, const NumaCache&) = default;
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
    std::vector<NumaCache> caches;
    friend bool operator==(const NumaCell&, const NumaCell&) = default;
};

enum class NumaTraffic { Access, Read, Write };
constexpr auto names_of(NumaTraffic) {
    using enum NumaTraffic;
    return std::to_array<std::pair<NumaTraffic, std::string_view>>(
        {{Access, "access"}, {Read, "read"}, {Write, "write"}});
}

/// How fast one node reaches the memory (or the cache of this level) of another.
struct NumaInterconnect {
    std::uint32_t initiator = 0, target = 0;
    std::optional<std::uint32_t> cache;
    NumaTraffic type = NumaTraffic::Access;
    friend bool operator==(const NumaInterconnect&, const NumaInterconnect&) = default;
};
struct NumaLatency {
    NumaInterconnect between;
    std::uint64_t value = 0; ///< nanoseconds
    friend bool operator==(const NumaLatency&, const NumaLatency&) = default;
};
struct NumaBandwidth {
    NumaInterconnect between;
    MemorySize value; ///< a second
    friend bool operator==(const NumaBandwidth&, const NumaBandwidth&) = default;
};

/// Which nodes of the host memory may come from.
enum class NumaMode { Strict, Preferred, Interleave, Restrictive };
constexpr auto names_of(NumaMode) {
    using enum NumaMode;
    return std::to_array<std::pair<NumaMode, std::string_view>>({{Strict, "strict"},
                                                                 {Preferred, "preferred"},
                                                                 {Interleave, "interleave"},
                                                                 {Restrictive, "restrictive"}});
}

enum class Placement { Static, Auto };
constexpr auto names_of(Placement) {
    using enum Placement;
    return std::to_array<std::pair<Placement, std::string_view>>({{Static, "static"}, {Auto, "auto"}});
}

struct NumaTuningMemory {
    NumaMode mode = NumaMode::Strict;
    std::string nodes;                  ///< of the host: "0,2-3"
    std::optional<Placement> placement; ///< given where a program of the host chooses the nodes
    friend bool operator==(const NumaTuningMemory&, const NumaTuningMemory&) = default;
};
struct NumaTuningNode {
    std::uint32_t cell = 0;
    NumaMode mode = NumaMode::Strict;
    std::string nodes;
    friend bool operator==(const NumaTuningNode&, const NumaTuningNode&) = default;
};

/// <numatune>.
struct NumaTuning {
    using Memory = NumaTuningMemory;
    using Node = NumaTuningNode;
    std::optional<Memory> memory;
    std::vector<Node> nodes;
    bool is_automatic() const { return memory && memory->placement == Placement::Auto; }
    friend bool operator==(const NumaTuning&, const NumaTuning&) = default;
};

} // namespace vireo::model::domain
