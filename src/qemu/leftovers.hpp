// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace vireo::qemu {

/// Removes what a daemon that was killed was about to take away itself: pictures and pieces of memory in the
/// directories of runs, and variables of firmware that were not made whole. Called before anything new is
/// made; what cannot be removed is logged.
void remove_leftovers(const std::filesystem::path& runs, const std::filesystem::path& nvram);

} // namespace vireo::qemu
