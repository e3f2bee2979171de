// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include "base/nearest.hpp"
#include "cli/command_runner.hpp"
#include "cli/help.hpp"
#include "cli/interactive.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace vireo::cli {

namespace {
int number_of(std::string_view option, const std::string& text) {
    int number = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || end != text.data() + text.size() || number < 0)
        throw usage_error(fmt::format("option --{} wants a number, not '{}'", option, text));
    return number;
}

constexpr auto no_effect = [](GlobalOptions&, const std::string&) {};

/// In the order of the help. --help and --version are not settings, but wishes.
const auto options_table = std::to_array<GlobalOption>({
    {'c', "connect", "URI", "the daemon and hypervisor to use",
     [](GlobalOptions& options, const std::string& value) { options.uri = value; }},
    {'d', "debug", "NUM", "accepted for virsh's sake, without effect", no_effect},
    {'e', "escape", "CHAR", "the key that leaves a console: ^] or another",
     [](GlobalOptions& options, const std::string& value) { options.escape = value; }},
    {'h', "help", "", "this help", no_effect},
    {'k', "keepalive-interval", "NUM", "seconds between two questions whether the daemon lives; 0: none",
     [](GlobalOptions& options, const std::string& value) {
         options.keepalive.interval = std::chrono::seconds{number_of("keepalive-interval", value)};
     }},
    {'K', "keepalive-count", "NUM", "unanswered ones that end the connection",
     [](GlobalOptions& options, const std::string& value) {
         options.keepalive.unanswered_limit = number_of("keepalive-count", value);
     }},
    {'l', "log", "FILE", "accepted for virsh's sake, without effect", no_effect},
    {0, "no-pkttyagent", "", "accepted for virsh's sake, without effect", no_effect},
    {'o', "output", "FORMAT", "text, or json for programs",
     [](GlobalOptions& options, const std::string& value) { options.format = format_named(value); }},
    {'q', "quiet", "", "results only",
     [](GlobalOptions& options, const std::string&) { options.quiet = true; }},
    {'r', "readonly", "", "connect without the right to change anything",
     [](GlobalOptions& options, const std::string&) { options.read_only = true; }},
    {'t', "timing", "", "show the time that each command took",
     [](GlobalOptions& options, const std::string&) { options.timing = true; }},
    {'v', "version", "", "the version of vireo", no_effect},
    {'V', "", "", "", no_effect},
});

/// The words that are being taken apart.
struct Reading {
    const Words& words;
    std::size_t at = 0;
    GlobalOptions& options;
    Invocation::Wish& wish;

    void take(const GlobalOption& option, const std::string& value) const {
        if (option.name == "help") wish = Invocation::Wish::Help;
        if (option.name == "version" || option.letter == 'V') wish = Invocation::Wish::Version;
        option.take(options, value);
    }
    const std::string& next_word(std::string_view option) {
        if (++at >= words.size()) throw usage_error(fmt::format("option {} needs a value", option));
        return words[at];
    }
    void take_long(std::string_view word) {
        auto equals = word.find('=');
        auto name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
        auto option =
            name.empty() ? options_table.end() : std::ranges::find(options_table, name, &GlobalOption::name);
        if (option == options_table.end()) {
            std::vector<std::string_view> names;
            for (const auto& known : options_table) names.push_back(known.name);
            throw usage_error(
                fmt::format("there is no option '{}'{}; see --help", word, hint(nearest(name, names))));
        }
        if (option->value.empty() || equals != word.npos) // virsh knows --version=long
            take(*option, equals == word.npos ? "" : std::string{word.substr(equals + 1)});
        else
            take(*option, next_word(word));
    }
    void take_letters(std::string_view word) { // -qr is -q -r; -cURI is -c URI
        for (std::size_t i = 1; i < word.size(); ++i) {
            auto option = std::ranges::find(options_table, word[i], &GlobalOption::letter);
            if (option == options_table.end())
                throw usage_error(fmt::format("there is no option '-{}'; see --help", word[i]));
            if (!option->value.empty()) {
                auto joined = std::string{word.substr(i + 1)};
                return take(*option, joined.empty() ? next_word(word) : joined);
            }
            take(*option, "");
        }
    }
};

std::string uri_of_environment() {
    for (const auto* name : {"VIREO_DEFAULT_URI", "VIRSH_DEFAULT_CONNECT_URI", "LIBVIRT_DEFAULT_URI"})
        if (const char* value = std::getenv(name); value && *value) return value;
    return {};
}

awaitable<bool> run_all(Shell& shell, std::vector<Words> commands) {
    bool good = false;
    if (commands.empty())
        good = co_await run_interactive(shell);
    else
        good = co_await run_commands(shell, std::move(commands));
    co_await shell.disconnect();
    co_return good;
}

int run(Invocation invocation) {
    Shell shell{invocation.options};
    asio::io_context loop;
    std::exception_ptr failure;
    bool good = false;
    asio::co_spawn(loop, run_all(shell, std::move(invocation.commands)),
                   [&](std::exception_ptr error, bool result) {
                       failure = std::move(error);
                       good = result;
                   });
    loop.run();
    if (failure) std::rethrow_exception(failure);
    return good ? 0 : shell.exit_code();
}
} // namespace

std::span<const GlobalOption> global_options() { return options_table; }

std::size_t take_global_options(const Words& words, GlobalOptions& options, Invocation::Wish& wish) {
    Reading reading{words, 0, options, wish};
    for (; reading.at < words.size(); ++reading.at) {
        std::string_view word = words[reading.at];
        if (word == "--") return reading.at + 1;
        if (!word.starts_with('-') || word == "-") break;
        if (word.starts_with("--"))
            reading.take_long(word);
        else
            reading.take_letters(word);
    }
    return reading.at;
}

Invocation Invocation::parse(const Words& words) {
    Invocation result;
    result.options.uri = uri_of_environment();
    auto taken = take_global_options(words, result.options, result.wish);
    Words rest(words.begin() + static_cast<std::ptrdiff_t>(taken), words.end());
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
        return run(std::move(invocation));
    } catch (const std::exception& error) {
        Shell{GlobalOptions{}}.show_error(error.what());
        return 1;
    }
}

} // namespace vireo::cli
