// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "hypervisor/directories.hpp"

#include <filesystem>

namespace vireo::daemon {

/// The system's places, or all of them below `root` when it is not empty.
hypervisor::Directories places_below(const std::filesystem::path& root);
/// Makes the directories that are missing. Throws system_error.
void create_places(const hypervisor::Directories& places);

/// Makes sure that this is the only daemon there; writes our process number into DIR/vireod.pid. The claim
/// ends with the descriptor. Throws Error (ResourceBusy) with the number of the daemon that has it.
Fd claim(const std::filesystem::path& run);

} // namespace vireo::daemon
