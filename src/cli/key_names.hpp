// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vireo::cli {

/// The number of a key of Linux by its name: 28 for "KEY_ENTER".
std::optional<std::uint32_t> linux_key(std::string_view name);

} // namespace vireo::cli
