// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "cli/shell.hpp"

#include <span>

namespace vireo::cli {

/// An option before the command.
struct GlobalOption {
    char letter; ///< 0: none
    std::string_view name, value, help;
    void (*take)(GlobalOptions& options, const std::string& value);
};
std::span<const GlobalOption> global_options();

/// A command line, taken apart: what was asked of the program, and the commands to run.
struct Invocation {
    enum class Wish { Commands, Help, Version };
    Wish wish = Wish::Commands;
    GlobalOptions options;
    std::vector<Words> commands;

    /// `words` are those behind the program's name. Throws Error when they make no sense.
    static Invocation parse(const Words& words);
};

/// Takes the options at the begin of `words`, and returns how many words these are. `--help` and `--version`
/// are left to `wish`. Throws Error for an unknown one.
std::size_t take_global_options(const Words& words, GlobalOptions& options, Invocation::Wish& wish);

/// Runs the program and returns its exit status: 0, or 1 after an error, which it has shown.
int run_program(const Words& words);

} // namespace vireo::cli
