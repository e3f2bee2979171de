// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"

namespace vireo::cli {

/// Reads commands from standard input until its end or `quit`. On a terminal, with a prompt, a history that
/// outlives the program, and completion. Returns whether the last command succeeded.
awaitable<bool> run_interactive(Shell& shell);

} // namespace vireo::cli
