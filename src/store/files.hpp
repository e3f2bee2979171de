// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace vireo::store {

/// Waits until a file's content, or the names in the directory that holds it, are on disk. Both throw
/// system_error.
void sync_file(const std::filesystem::path& path);
void sync_directory_of(const std::filesystem::path& path);

} // namespace vireo::store
