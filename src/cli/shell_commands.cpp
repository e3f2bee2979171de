// SPDX-License-Identifier: Apache-2.0
// The commands about this program itself.
#include "cli/completion.hpp"

#include "base/nearest.hpp"
#include "cli/help.hpp"
#include "cli/program.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <unistd.h>

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

/// The parts of `text` between commas; two commas are one that does not part.
std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != ',')
            parts.back() += text[i];
        else if (i + 1 < text.size() && text[i + 1] == ',')
            parts.back() += text[++i];
        else
            parts.emplace_back();
    return parts;
}

awaitable<void> echo(Shell& shell, const Arguments& arguments) {
    arguments.exclude("shell", "xml");
    arguments.exclude("shell", "split");
    arguments.exclude("xml", "split");
    std::vector<std::string> shown;
    for (auto text : arguments.rest()) {
        if (arguments.has("shell")) text = for_shell(text);
        if (arguments.has("xml")) text = for_xml(std::move(text));
        if (arguments.has("split") && !text.empty())
            text = fmt::format("{}\n", fmt::join(split_at_commas(text), "\n"));
        shown.push_back(std::move(text));
    }
    auto line = fmt::format("{}", fmt::join(shown, " "));
    if (arguments.has("err"))
        shell.show_error(line);
    else
        shell.print(line);
    co_return;
}

awaitable<void> cd(Shell& shell, const Arguments& arguments) {
    if (!shell.interactive()) throw usage_error("cd: only an interactive session has a directory to change");
    auto target = arguments.optional_text("dir");
    if (!target) {
        const char* home = std::getenv("HOME");
        target = home && *home ? home : "/";
    }
    if (::chdir(target->c_str()) != 0)
        throw Error(ErrorCode::SystemError, ErrorDomain::None,
                    fmt::format("cannot go to directory '{}': {}", *target, std::strerror(errno)));
    co_return;
}

awaitable<void> pwd(Shell& shell, const Arguments&) {
    std::error_code failure;
    auto path = std::filesystem::current_path(failure).string();
    if (failure)
        throw Error(ErrorCode::SystemError, ErrorDomain::None,
                    fmt::format("the current directory is unknown: {}", failure.message()));
    shell.show("directory", path, path + '\n');
    co_return;
}

/// The candidates for a command line of this program, with its name and the options before the command.
awaitable<std::vector<std::string>> candidates_in(Shell& shell, const std::string& line) {
    auto words = words_to_complete(line);
    std::vector<std::string> found;
    if (words.size() < 2) co_return found;
    auto last = words.back();
    Words before(words.begin() + 1, words.end() - 1);
    auto options = shell.options();
    auto wish = Invocation::Wish::Commands;
    auto taken = take_global_options(before, options, wish);
    if (taken == before.size() && last.starts_with('-')) {
        for (const auto& option : global_options())
            if (auto name = fmt::format("--{}", option.name); !option.name.empty() && name.starts_with(last))
                found.push_back(name);
        co_return found;
    }
    shell.use(std::move(options));
    before.erase(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(taken));
    before.push_back(last);
    co_return co_await completions(shell, std::move(before));
}

awaitable<void> complete(Shell& shell, const Arguments& arguments) {
    std::vector<std::string> found;
    try {
        found = co_await candidates_in(shell, arguments.text("line"));
    } catch (const Error&) { shell.mark_failed(); } // what is being typed is not right yet
    std::string lines;
    for (const auto& candidate : found) lines += candidate + '\n';
    shell.show("candidates", found, lines);
}

awaitable<void> completion(Shell& shell, const Arguments& arguments) {
    shell.print(completion_script(arguments.text("shell")));
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
        throw usage_error(
            fmt::format("there is no command or group '{}'{}", *wanted, hint(nearest_command(*wanted))));
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
                {"cd",
                 "change the directory",
                 "Files of later commands are looked for there. Only for interactive sessions.",
                 {{"dir", Text, "where to; without it, home"}},
                 cd},
                {"complete",
                 "what could follow on a command line",
                 "For completion in shells.",
                 {{"line", NamedText, "the line up to the cursor, with this program's name"}},
                 complete},
                {"completion",
                 "the script with which a shell completes commands",
                 "",
                 {{"shell", Positional, "bash, zsh or fish"}},
                 completion},
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
                  {"split", Flag, "a line for each part between commas"},
                  {"err", Flag, "to standard error"},
                  {"string", Rest, "what to show"}},
                 echo},
                {"exit", "leave this program", "", {}, quit},
                {"help",
                 "help about commands",
                 "Shows all commands, or one command or group of them.",
                 {{"command", Text, "a command or the keyword of a group", Completes::Command}},
                 help},
                {"pwd", "the directory in which files are looked for", "", {}, pwd},
                {"quit", "leave this program", "", {}, quit},
            }};
}

} // namespace vireo::cli
