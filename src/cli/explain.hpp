// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"

namespace vireo::cli {

/// The paths that a path for `explain` could become: those below its last dot. Throws Error when there is
/// nothing there.
std::vector<std::string> paths_like(std::string_view typed);

} // namespace vireo::cli
