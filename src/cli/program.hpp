// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "cli/shell.hpp"

namespace vireo::cli {

/// A command line, taken apart: what was asked of the program, and the commands to run.
struct Invocation {
    enum class Wish { Commands, Help, Version };
    Wish wish = Wish::Commands;
    GlobalOptions options;
    std::vector<Words> commands;

    /// `words` are those behind the program's name. Throws Error when they make no sense.
    static Invocation parse(const Words& words);
};

/// Runs the program and returns its exit status: 0, or 1 after an error, which it has shown.
int run_program(const Words& words);

} // namespace vireo::cli
