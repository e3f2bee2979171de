// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include "cli/help.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <ranges>
#include <unistd.h>

namespace vireo::cli {

namespace {
/// A command with its arguments, both known to be right.
struct Call {
    const Command* command;
    Arguments arguments;
    bool wants_help = false;
};

Call resolve(Words words) {
    const auto* command = find_command(words.front());
    if (!command) {
        auto nearest = nearest_command(words.front());
        auto hint = nearest.empty() ? std::string{} : fmt::format(" (did you mean '{}'?)", nearest);
        throw usage_error(fmt::format("there is no command '{}'{}", words.front(), hint));
    }
    words.erase(words.begin());
    if (std::ranges::find(words, "--help") != words.end()) return {command, {}, true};
    return {command, Arguments::parse(*command, words)};
}

void show_error(std::string_view message) {
    std::fflush(stdout);
    fmt::print(stderr, "error: {}\n", message);
}

/// Whether it succeeded. Errors are shown here.
awaitable<bool> run_one(Shell& shell, const Call& call) {
    auto begin = std::chrono::steady_clock::now();
    bool good = true;
    try {
        if (call.wants_help)
            shell.print(help_of(*call.command));
        else
            co_await call.command->run(shell, call.arguments);
        good = !shell.take_failed();
    } catch (const Error& error) {
        show_error(error.what());
        good = false;
    }
    std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
    if (shell.quit_requested()) co_return good;
    if (shell.options().timing)
        shell.print("\n(Time: {:.3f} ms)\n\n", taken.count());
    else
        shell.print_extra("\n");
    shell.flush();
    co_return good;
}

/// A failed command does not keep the ones behind it from running; the last one decides the exit status, as
/// in virsh.
awaitable<bool> run_all(Shell& shell, const std::vector<Call>& calls) {
    bool good = true;
    for (const auto& call : calls) {
        good = co_await run_one(shell, call);
        if (shell.quit_requested()) break;
    }
    co_await shell.disconnect();
    co_return good;
}

/// Commands, one per line, from standard input: what a script pipes in.
std::string read_standard_input() { return {std::istreambuf_iterator<char>{std::cin}, {}}; }

std::string uri_of_environment() {
    for (const auto* name : {"VIREO_DEFAULT_URI", "VIRSH_DEFAULT_CONNECT_URI", "LIBVIRT_DEFAULT_URI"})
        if (const char* value = std::getenv(name); value && *value) return value;
    return {};
}

int run_commands(const Invocation& invocation) {
    std::vector<Call> calls;
    calls.reserve(invocation.commands.size());
    for (const auto& words : invocation.commands)
        calls.push_back(resolve(words)); // all are checked before one runs
    Shell shell{invocation.options};
    asio::io_context loop;
    std::exception_ptr failure;
    bool good = false;
    asio::co_spawn(loop, run_all(shell, calls), [&](std::exception_ptr error, bool result) {
        failure = std::move(error);
        good = result;
    });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return good ? 0 : 1;
}
} // namespace

Invocation Invocation::parse(const Words& words) {
    Invocation result;
    result.options.uri = uri_of_environment();
    std::size_t at = 0;
    auto value_of = [&](std::string_view word, std::string_view option) -> std::string {
        if (auto equals = word.find('='); word.starts_with("--") && equals != word.npos)
            return std::string{word.substr(equals + 1)};
        if (!word.starts_with("--") && word.size() > 2) return std::string{word.substr(2)}; // -cURI
        if (++at >= words.size()) throw usage_error(fmt::format("option {} needs a value", option));
        return words[at];
    };
    for (; at < words.size() && words[at].starts_with('-') && words[at] != "-"; ++at) {
        std::string_view word = words[at];
        auto name = word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
        if (word == "--") {
            ++at;
            break;
        }
        if (name == "-c" || name == "--connect") {
            result.options.uri = value_of(word, name);
        } else if (name == "-d" || name == "--debug" || name == "-l" || name == "--log" || name == "-k" ||
                   name == "--keepalive-interval" || name == "-K" || name == "--keepalive-count" ||
                   name == "-e" || name == "--escape") {
            value_of(word, name); // taken for virsh's sake, without effect
        } else if (word == "--help") {
            result.wish = Wish::Help;
        } else if (word == "--version" || name == "-V") {
            result.wish = Wish::Version;
        } else if (word == "--readonly") {
            result.options.read_only = true;
        } else if (word == "--quiet") {
            result.options.quiet = true;
        } else if (word == "--timing") {
            result.options.timing = true;
        } else if (word.starts_with("--")) {
            throw usage_error(fmt::format("there is no option '{}'; see --help", word));
        } else {
            for (char letter : word.substr(1)) switch (letter) { // -qr is -q -r
                case 'h': result.wish = Wish::Help; break;
                case 'v': result.wish = Wish::Version; break;
                case 'r': result.options.read_only = true; break;
                case 'q': result.options.quiet = true; break;
                case 't': result.options.timing = true; break;
                default: throw usage_error(fmt::format("there is no option '-{}'; see --help", letter));
                }
        }
    }
    Words rest(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
    if (rest.size() == 1)
        result.commands = split_commands(rest.front());
    else if (!rest.empty())
        result.commands.push_back(std::move(rest));
    return result;
}

int run_program(const Words& words) {
    try {
        auto invocation = Invocation::parse(words);
        if (invocation.wish == Invocation::Wish::Help) {
            fmt::print("{}", help_of_program());
            return 0;
        }
        if (invocation.wish == Invocation::Wish::Version) {
            fmt::print("{}\n", VIREO_VERSION);
            return 0;
        }
        if (invocation.commands.empty()) {
            if (::isatty(STDIN_FILENO)) throw usage_error("no command was given; see --help");
            invocation.commands = split_commands(read_standard_input());
        }
        return run_commands(invocation);
    } catch (const std::exception& error) {
        show_error(error.what());
        return 1;
    }
}

} // namespace vireo::cli
