// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace vireo {

/// Fills the bytes from the kernel's generator (getrandom(2)).
void fill_random(std::span<std::uint8_t> bytes);

} // namespace vireo
