// SPDX-License-Identifier: Apache-2.0
// The commands about this program itself.
#include "cli/help.hpp"
#include "cli/shell.hpp"

#include <algorithm>
#include <cstdio>

namespace vireo::cli {

namespace {
using enum OptionKind;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

std::string for_xml(std::string text) {
    text = replaced(std::move(text), "&", "&amp;");
    text = replaced(std::move(text), "<", "&lt;");
    text = replaced(std::move(text), ">", "&gt;");
    text = replaced(std::move(text), "\"", "&quot;");
    return replaced(std::move(text), "'", "&apos;");
}

std::string for_shell(const std::string& text) {
    bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
        return std::string_view{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+.,/:=@%"}
                   .find(c) != std::string_view::npos;
    });
    return plain ? text : '\'' + replaced(text, "'", "'\\''") + '\'';
}

awaitable<void> echo(Shell& shell, const Arguments& arguments) {
    arguments.refuse_unsupported({"split"});
    std::vector<std::string> shown;
    for (auto text : arguments.rest()) {
        if (arguments.has("shell")) text = for_shell(text);
        if (arguments.has("xml")) text = for_xml(std::move(text));
        shown.push_back(std::move(text));
    }
    auto line = fmt::format("{}", fmt::join(shown, " "));
    if (arguments.has("err"))
        std::fputs((line + '\n').c_str(), stderr);
    else
        shell.print(line);
    co_return;
}

awaitable<void> help(Shell& shell, const Arguments& arguments) {
    auto wanted = arguments.optional_text("command");
    if (!wanted) {
        shell.print("Grouped commands:\n\n");
        for (const auto& group : command_table()) shell.print("{}\n", help_of(group));
        co_return;
    }
    auto groups = command_table();
    auto group = std::ranges::find(groups, *wanted, &Group::keyword);
    if (const auto* command = find_command(*wanted))
        shell.print(help_of(*command));
    else if (group != groups.end())
        shell.print(help_of(*group));
    else
        throw usage_error(fmt::format("there is no command or group '{}'", *wanted));
}

awaitable<void> quit(Shell& shell, const Arguments&) {
    shell.request_quit();
    co_return;
}

awaitable<void> connect(Shell& shell, const Arguments& arguments) {
    auto uri = arguments.optional_text("name");
    co_await shell.reconnect(uri.value_or(""), arguments.has("readonly"));
}
} // namespace

Group shell_commands() {
    return {"Vireo itself",
            "virsh", // the word that scripts ask for
            {
                {"connect",
                 "use another daemon or hypervisor",
                 "",
                 {{"name", Text, "its URI; without it, the usual one"},
                  {"readonly", Flag, "without the right to change anything"}},
                 connect},
                {"echo",
                 "show the arguments",
                 "Shows them as they were understood, for tests of quoting.",
                 {{"shell", Flag, "quoted for a shell"},
                  {"xml", Flag, "quoted for XML"},
                  {"split", Flag, "each argument split at commas"},
                  {"err", Flag, "to standard error"},
                  {"string", Rest, "what to show"}},
                 echo},
                {"exit", "leave this program", "", {}, quit},
                {"help",
                 "help about commands",
                 "Shows all commands, or one command or group of them.",
                 {{"command", Text, "a command or the keyword of a group"}},
                 help},
                {"quit", "leave this program", "", {}, quit},
            }};
}

} // namespace vireo::cli
