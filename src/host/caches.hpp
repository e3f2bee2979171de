// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vireo::host {

/// A cache that some processors share.
struct CacheBank {
    std::uint32_t id = 0, level = 0;
    std::string type; ///< "both", "code", "data": libvirt's names
    MemorySize size;
    std::string processors; ///< in the kernel's list format: "0-3,8"
};
/// The last-level ones: from the third level on, each once (kernel, ABI/testing/sysfs-devices-system-cpu).
std::vector<CacheBank> read_cache_banks(const std::filesystem::path& root = "/");

} // namespace vireo::host
