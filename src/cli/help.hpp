// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command.hpp"

#include <string>

namespace vireo::cli {

/// "domstate <domain> [--reason]"
std::string synopsis_of(const Command& command);
/// The page of one command.
std::string help_of(const Command& command);
/// The commands of a group, one line each.
std::string help_of(const Group& group);
/// The page of `vireo --help`.
std::string help_of_program();

} // namespace vireo::cli
