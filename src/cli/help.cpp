// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include <fmt/format.h>

namespace vireo::cli {

namespace {
std::string in_synopsis(const Option& option) {
    switch (option.kind) {
    case OptionKind::Flag: return fmt::format("[--{}]", option.name);
    case OptionKind::Text: return fmt::format("[--{} <string>]", option.name);
    case OptionKind::Number: return fmt::format("[--{} <number>]", option.name);
    case OptionKind::Positional: return fmt::format("<{}>", option.name);
    case OptionKind::Rest: return fmt::format("[<{}>]...", option.name);
    }
    return {};
}

std::string in_list(const Option& option) {
    switch (option.kind) {
    case OptionKind::Flag: return fmt::format("--{}", option.name);
    case OptionKind::Text: return fmt::format("--{} <string>", option.name);
    case OptionKind::Number: return fmt::format("--{} <number>", option.name);
    case OptionKind::Positional: return fmt::format("[--{}] <string>", option.name);
    case OptionKind::Rest: return fmt::format("<{}>", option.name);
    }
    return {};
}
} // namespace

std::string synopsis_of(const Command& command) {
    std::string text{command.name};
    for (const auto& option : command.options) text += ' ' + in_synopsis(option);
    return text;
}

std::string help_of(const Command& command) {
    auto page = fmt::format("  NAME\n    {} - {}\n\n  SYNOPSIS\n    {}\n", command.name, command.summary,
                            synopsis_of(command));
    if (!command.description.empty()) page += fmt::format("\n  DESCRIPTION\n    {}\n", command.description);
    if (!command.options.empty()) page += "\n  OPTIONS\n";
    for (const auto& option : command.options)
        page += fmt::format("    {:<15}  {}\n", in_list(option), option.help);
    return page + '\n';
}

std::string help_of(const Group& group) {
    auto text = fmt::format(" {} (help keyword '{}'):\n", group.title, group.keyword);
    for (const auto& command : group.commands)
        text += fmt::format("    {:<30} {}\n", command.name, command.summary);
    return text;
}

std::string help_of_program() {
    std::string page =
        "\nvireo [options]... [<command line>]\nvireo [options]... <command> [arguments...]\n\n"
        "  options:\n"
        "    -c | --connect=URI      the daemon and hypervisor to use\n"
        "    -d | --debug=NUM        accepted for virsh's sake, without effect\n"
        "    -h | --help             this help\n"
        "    -q | --quiet            results only\n"
        "    -r | --readonly         connect without the right to change anything\n"
        "    -t | --timing           show the time that each command took\n"
        "    -v | --version          the version of vireo\n\n"
        "  commands:\n\n";
    for (const auto& group : command_table()) page += help_of(group) + '\n';
    return page + "  (`vireo help <group>` shows one group, `vireo help <command>` one command)\n\n";
}

} // namespace vireo::cli
