// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace vireo::host {

/// The host's processor, as /proc/cpuinfo tells of the first one.
struct Cpu {
    std::string vendor; ///< as CPUID tells it: "GenuineIntel"
    /// What tells a processor's design; nothing where the kernel does not say.
    std::optional<std::uint32_t> family, model, stepping;
    std::optional<std::uint64_t> microcode;
    std::uint32_t physical_address_bits = 0;  ///< zero: not known
    std::set<std::string, std::less<>> flags; ///< the kernel's names of its features
};

/// Reads /proc/cpuinfo below `root`. What the kernel does not say stays empty.
Cpu read_cpu(const std::filesystem::path& root = "/");

/// Whether it has the feature that libvirt calls `name`: the kernel has other names for some.
bool has_feature(const Cpu& cpu, std::string_view name);

} // namespace vireo::host
