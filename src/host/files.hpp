// SPDX-License-Identifier: Apache-2.0
// Reading the small files of /proc and /sys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::host {

/// The first line of a small file; empty when it cannot be read.
std::string read_line(const std::filesystem::path& path);
/// The number that the text begins with, after white space.
std::optional<std::uint64_t> to_number(std::string_view text);
/// The number in a file, or `otherwise`.
std::uint32_t read_number(const std::filesystem::path& path, std::uint32_t otherwise);
/// "0-2,5" is 0, 1, 2, 5 (the kernel's list format).
std::vector<std::uint32_t> parse_list(const std::string& text);
/// The value behind the first "key : value" or "… key: value kB" of a file; empty when there is none.
std::string find_value(const std::filesystem::path& path, std::string_view key);

} // namespace vireo::host
