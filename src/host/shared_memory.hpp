// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace vireo::host {

/// A setting or a figure of the kernel's merging of equal pages (KSM; kernel documentation, admin-guide/mm).
struct SharingFigure {
    std::string_view name; ///< the kernel's
    std::uint64_t value = 0;
};
/// Those that libvirt tells of and this kernel has; none where it cannot merge.
std::vector<SharingFigure> read_sharing(const std::filesystem::path& root = "/");

/// Changes a setting. Throws std::system_error when the kernel refuses.
void set_sharing(std::string_view name, std::uint64_t value, const std::filesystem::path& root = "/");

} // namespace vireo::host
