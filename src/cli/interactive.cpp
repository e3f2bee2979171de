// SPDX-License-Identifier: Apache-2.0
// Lines are read on a thread of the pool, while the loop goes on: the connection stays alive at the prompt.
#include "cli/interactive.hpp"

#include "async/blocking.hpp"
#include "cli/command_runner.hpp"
#include "cli/completion.hpp"
#include "cli/line_editor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <iostream>
#include <unistd.h>

namespace vireo::cli {

namespace {
/// Nothing at the end of standard input.
std::optional<std::string> read_plain_line() {
    std::string line;
    if (!std::getline(std::cin, line)) return std::nullopt;
    return line;
}

awaitable<bool> run_line(Shell& shell, const std::string& line) {
    std::vector<Words> commands;
    try {
        commands = split_commands(line);
    } catch (const Error& error) {
        shell.show_error(error.what());
        co_return false;
    }
    if (commands.empty()) co_return true;
    co_return co_await run_commands(shell, std::move(commands));
}

/// Completes for the thread that edits a line; the daemon is asked on the loop.
LineEditor::Completer completer(Shell& shell, asio::any_io_executor loop) {
    return [&shell, loop](const std::string& line) {
        return asio::co_spawn(loop, completions(shell, words_to_complete(line)), asio::use_future).get();
    };
}
} // namespace

awaitable<bool> run_interactive(Shell& shell) {
    shell.set_interactive();
    std::unique_ptr<LineEditor> editor;
    if (::isatty(STDIN_FILENO)) {
        editor = std::make_unique<LineEditor>(completer(shell, co_await asio::this_coro::executor));
        shell.print_extra("Welcome to vireo, which runs virtual machines.\n\n"
                          "Type 'help' for the commands, 'quit' to leave.\n\n");
        shell.flush();
    }
    bool good = true;
    while (!shell.quit_requested()) {
        std::string prompt = shell.options().read_only ? "vireo > " : "vireo # ";
        auto read = [&editor, prompt] { return editor ? editor->read(prompt) : read_plain_line(); };
        auto line = co_await async::blocking(std::move(read));
        if (!line) break;
        good = co_await run_line(shell, *line);
    }
    if (editor && !shell.quit_requested()) shell.print("\n");
    co_return good;
}

} // namespace vireo::cli
