// SPDX-License-Identifier: Apache-2.0
// What of the host is in use, now.
#pragma once

#include "base/memory_size.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace vireo::host {

/// How long processors did what, since the host booted.
struct CpuTimes {
    std::chrono::nanoseconds kernel{}, user{}, idle{}, iowait{};
};
/// Of one processor, or of all together. Nothing when there is no such processor, or it is offline.
std::optional<CpuTimes> read_cpu_times(std::optional<std::uint32_t> processor,
                                       const std::filesystem::path& root = "/");

struct MemoryUse {
    MemorySize total, free;
    MemorySize buffers, cached; ///< of the host as a whole only
};
MemoryUse read_memory_use(const std::filesystem::path& root = "/");
/// Of one NUMA cell. Nothing when there is no such cell.
std::optional<MemoryUse> read_cell_memory_use(std::uint32_t cell, const std::filesystem::path& root = "/");

/// The NUMA cells that are online; one with number 0 where the kernel knows nothing of cells.
std::vector<std::uint32_t> online_cells(const std::filesystem::path& root = "/");

/// Which processors are there, and which of these are online.
struct CpuMap {
    std::vector<std::uint32_t> present, online;
};
CpuMap read_cpu_map(const std::filesystem::path& root = "/");

} // namespace vireo::host
