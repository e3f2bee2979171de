// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "cli/shell.hpp"

namespace vireo::cli {

/// A command with its arguments, both known to be right.
struct Call {
    const Command* command;
    Arguments arguments;
    bool wants_help = false;
    std::optional<Format> format; ///< of --output

    /// Throws Error when there is no such command, or when the words do not fit it.
    static Call parse(Words words);
};

/// Runs the commands of one line in order. All are checked before one runs; a failed one does not keep those
/// behind it from running, and the last one decides, as in virsh. Errors are shown here.
awaitable<bool> run_commands(Shell& shell, std::vector<Words> commands);

} // namespace vireo::cli
