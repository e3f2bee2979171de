// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace vireo::host {

/// The size of an ordinary page.
MemorySize system_page_size();
/// Sizes of huge pages that the kernel offers, the smallest first.
std::vector<MemorySize> huge_page_sizes(const std::filesystem::path& root = "/");

/// Pages of one size.
struct PagePool {
    std::uint64_t total = 0, free = 0;
};
/// Of huge pages, or of ordinary ones, whose total counts the memory in huge pages too. Without a cell: of
/// the host as a whole. Nothing when there are no pages of this size.
std::optional<PagePool> read_page_pool(std::optional<std::uint32_t> cell, MemorySize size,
                                       const std::filesystem::path& root = "/");
/// Asks the kernel for so many huge pages, and tells how many there are now: it gives what it
/// has. Throws std::system_error when it refuses; nothing when there is no such pool.
std::optional<std::uint64_t> resize_page_pool(std::optional<std::uint32_t> cell, MemorySize size,
                                              std::uint64_t count, const std::filesystem::path& root = "/");

} // namespace vireo::host
