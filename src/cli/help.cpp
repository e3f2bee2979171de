// SPDX-License-Identifier: Apache-2.0
#include "cli/help.hpp"

#include "cli/program.hpp"

#include <fmt/format.h>

namespace vireo::cli {

namespace {
std::string_view value_of(OptionKind kind) {
    bool number =
        kind == OptionKind::Number || kind == OptionKind::NamedNumber || kind == OptionKind::PositionalNumber;
    return number ? "<number>" : "<string>";
}

std::string in_synopsis(const Option& option) {
    switch (option.kind) {
    case OptionKind::Flag: return fmt::format("[--{}]", option.name);
    case OptionKind::Positional:
    case OptionKind::PositionalNumber: return fmt::format("<{}>", option.name);
    case OptionKind::Rest:
    case OptionKind::Verbatim: return fmt::format("[<{}>]...", option.name);
    case OptionKind::NamedTexts: return fmt::format("[--{} <string>]...", option.name);
    case OptionKind::RequiredRest: return fmt::format("<{}>...", option.name);
    default: return fmt::format("[--{} {}]", option.name, value_of(option.kind));
    }
}

std::string in_list(const Option& option) {
    if (option.kind == OptionKind::Flag) return fmt::format("--{}", option.name);
    if (is_rest(option.kind)) return fmt::format("<{}>", option.name);
    bool bare = is_required(option.kind);
    return fmt::format("{}--{}{} {}", bare ? "[" : "", option.name, bare ? "]" : "", value_of(option.kind));
}

/// "-c | --connect=URI"
std::string in_list(const GlobalOption& option) {
    auto text = option.letter ? fmt::format("-{} | --{}", option.letter, option.name)
                              : fmt::format("     --{}", option.name);
    return option.value.empty() ? text : fmt::format("{}={}", text, option.value);
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
        "  options:\n";
    for (const auto& option : global_options())
        if (!option.name.empty()) page += fmt::format("    {:<31} {}\n", in_list(option), option.help);
    page += "\n  commands (each has --help and --output too):\n\n";
    for (const auto& group : command_table()) page += help_of(group) + '\n';
    return page + "  (`vireo help <group>` shows one group, `vireo help <command>` one command)\n\n";
}

} // namespace vireo::cli
