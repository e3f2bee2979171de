// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace vireo::cli {

class Shell;
class Arguments;

enum class OptionKind {
    Flag,       ///< --all
    Text,       ///< --devname serial0
    Number,     ///< --timeout 5
    Positional, ///< must be given: --domain web, or just web
    Rest,       ///< every argument that is left
};

struct Option {
    std::string_view name;
    OptionKind kind;
    std::string_view help;
};

/// A command as users type it. Parser, help, synopsis and the handler's access to its arguments all come from
/// this.
struct Command {
    std::string_view name;
    std::string_view summary;     ///< one line of the list of commands
    std::string_view description; ///< of its own help page; may be empty
    std::vector<Option> options;
    awaitable<void> (*run)(Shell& shell, const Arguments& arguments);

    const Option* find_option(std::string_view wanted) const;
};

/// Commands that the help shows together.
struct Group {
    std::string_view title;
    std::string_view keyword; ///< `help KEYWORD` shows it alone
    std::vector<Command> commands;
};

Group domain_commands();
Group monitor_commands();
Group event_commands();
Group host_commands();
Group shell_commands();

/// All of them, in the order of the help.
std::span<const Group> command_table();
const Command* find_command(std::string_view name);
/// The command that was probably meant by `name`; empty when none is near.
std::string_view nearest_command(std::string_view name);

} // namespace vireo::cli
