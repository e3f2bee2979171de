// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::cli {

class Shell;
class Arguments;

enum class OptionKind {
    Flag,             ///< --all
    Text,             ///< --devname serial0; or just serial0, when it is its turn
    Number,           ///< --timeout 5; or just 5
    NamedText,        ///< --xpath //uuid; never without its name
    NamedNumber,      ///< --duration 5; never without its name
    NamedTexts,       ///< --package git --package vim: as often as one likes
    Positional,       ///< must be given: --domain web, or just web
    PositionalNumber, ///< must be given: --count 2, or just 2
    Rest,             ///< every argument that is left
    RequiredRest,     ///< the same, and at least one
    Verbatim,         ///< every word that is left from the first on, even if it looks like an option
};
/// Whether a word without an option's name can be its value.
bool takes_position(OptionKind kind);
bool is_rest(OptionKind kind);
bool is_required(OptionKind kind);

/// What the values of an option are, so that they can be completed.
enum class Completes {
    Nothing,
    Domain,
    RunningDomain,
    StoppedDomain,
    Disk,
    Interface,
    EventKind,
    Command,
    XmlPath
};

struct Option {
    std::string_view name;
    OptionKind kind;
    std::string_view help;
    Completes completes = Completes::Nothing;
    std::string_view also = {}; ///< a second name, which is not shown
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

/// The option by which nearly every command says which domain it is about.
constexpr Option domain_option{"domain", OptionKind::Positional, "name, id or UUID of the domain",
                               Completes::Domain};
constexpr Option running_domain_option{"domain", OptionKind::Positional, "name, id or UUID of the domain",
                                       Completes::RunningDomain};

/// Commands that the help shows together.
struct Group {
    std::string_view title;
    std::string_view keyword; ///< `help KEYWORD` shows it alone
    std::vector<Command> commands;
};

Group domain_commands();
Group monitor_commands();
/// The parts of these two groups, by file.
std::vector<Command> lifecycle_commands();
std::vector<Command> change_commands();
std::vector<Command> device_change_commands();
std::vector<Command> attachment_commands();
std::vector<Command> detachment_commands();
std::vector<Command> explain_commands();
std::vector<Command> text_commands();
std::vector<Command> display_commands();
std::vector<Command> vcpu_commands();
std::vector<Command> pin_commands();
std::vector<Command> save_commands();
std::vector<Command> block_job_commands();
std::vector<Command> input_commands();
std::vector<Command> agent_commands();
std::vector<Command> hypervisor_commands();
std::vector<Command> list_commands();
std::vector<Command> device_commands();
std::vector<Command> statistics_commands();
std::vector<Command> job_commands();
std::vector<Command> host_memory_commands();
std::vector<Command> host_cpu_commands();
Group event_commands();
Group host_commands();
Group shell_commands();
Group launch_commands();
/// The parts of the last one, by file.
std::vector<Command> making_commands();
std::vector<Command> access_commands();
std::vector<Command> ending_commands();

/// All of them, in the order of the help.
std::span<const Group> command_table();
const Command* find_command(std::string_view name);
/// The command that was probably meant by `name`; empty when none is near.
std::string_view nearest_command(std::string_view name);

} // namespace vireo::cli
