// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/common.hpp"
#include "model/domain/tuning.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vireo::model::domain {

enum class CpuMode { Custom, HostModel, HostPassthrough, Maximum };
constexpr auto names_of(CpuMode) {
    using enum CpuMode;
    return std::to_array<std::pair<CpuMode, std::string_view>>({{Custom, "custom"},
                                                                {HostModel, "host-model"},
                                                                {HostPassthrough, "host-passthrough"},
                                                                {Maximum, "maximum"}});
}

enum class CpuMatch { Minimum, Exact, Strict };
constexpr auto names_of(CpuMatch) {
    using enum CpuMatch;
    return std::to_array<std::pair<CpuMatch, std::string_view>>(
        {{Minimum, "minimum"}, {Exact, "exact"}, {Strict, "strict"}});
}

enum class CpuCheck { None, Partial, Full };
constexpr auto names_of(CpuCheck) {
    using enum CpuCheck;
    return std::to_array<std::pair<CpuCheck, std::string_view>>(
        {{None, "none"}, {Partial, "partial"}, {Full, "full"}});
}

enum class CpuFallback { Allow, Forbid };
constexpr auto names_of(CpuFallback) {
    using enum CpuFallback;
    return std::to_array<std::pair<CpuFallback, std::string_view>>({{Allow, "allow"}, {Forbid, "forbid"}});
}

enum class FeaturePolicy { Force, Require, Optional, Disable, Forbid };
constexpr auto names_of(FeaturePolicy) {
    using enum FeaturePolicy;
    return std::to_array<std::pair<FeaturePolicy, std::string_view>>({{Force, "force"},
                                                                      {Require, "require"},
                                                                      {Optional, "optional"},
                                                                      {Disable, "disable"},
                                                                      {Forbid, "forbid"}});
}

struct CpuTopology {
    std::uint32_t sockets = 1, dies = 1, cores = 1, threads = 1;
    std::uint64_t vcpus() const { return std::uint64_t{sockets} * dies * cores * threads; }
    friend bool operator==(const CpuTopology&, const CpuTopology&) = default;
};

struct CpuFeature {
    std::optional<FeaturePolicy> policy;
    std::string name;
    friend bool operator==(const CpuFeature&, const CpuFeature&) = default;
};

/// <cpu> of a domain.
struct Cpu {
    std::optional<CpuMode> mode; ///< absent: only topology and the like were given
    std::optional<CpuMatch> match;
    std::optional<CpuCheck> check;
    std::optional<Switch> migratable;
    std::string model;
    std::optional<CpuFallback> fallback;
    std::string vendor_id; ///< twelve characters that the guest sees as vendor
    std::string vendor;
    std::optional<CpuTopology> topology;
    std::vector<CpuFeature> features;
    struct Cache {
        std::optional<std::uint32_t> level;
        std::string mode; ///< "emulate", "passthrough", "disable"
        friend bool operator==(const Cache&, const Cache&) = default;
    };
    std::optional<Cache> cache;
    struct PhysicalBits {
        std::string mode; ///< "emulate" or "passthrough"
        std::optional<std::uint32_t> bits;
        friend bool operator==(const PhysicalBits&, const PhysicalBits&) = default;
    };
    std::optional<PhysicalBits> physical_bits;
    std::vector<NumaCell> numa;
    std::vector<NumaLatency> numa_latencies;
    std::vector<NumaBandwidth> numa_bandwidths;
    friend bool operator==(const Cpu&, const Cpu&) = default;
};

} // namespace vireo::model::domain
