// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vireo {

/// The candidate that differs from `name` in the fewest letters; empty when none is near.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);
/// " (did you mean 'NEAREST'?)", or nothing when `nearest` is empty.
std::string hint(std::string_view nearest);

} // namespace vireo
