// SPDX-License-Identifier: Apache-2.0
#include "cli/command_runner.hpp"

#include "base/nearest.hpp"
#include "cli/help.hpp"

#include <algorithm>
#include <chrono>

namespace vireo::cli {

namespace {
/// Where the words begin that are for another program; the end when there are none.
Words::iterator verbatim_words(const Command& command, Words& words) {
    if (std::ranges::find(command.options, OptionKind::Verbatim, &Option::kind) == command.options.end())
        return words.end();
    auto before = std::ranges::count_if(command.options, [](const Option& option) {
        return takes_position(option.kind) && option.kind != OptionKind::Verbatim;
    });
    for (auto word = words.begin(); word != words.end(); ++word) {
        const auto* option =
            word->starts_with("--") ? command.find_option(std::string_view{*word}.substr(2)) : nullptr;
        bool has_value = *word == "--output" || (option && option->kind != OptionKind::Flag);
        if (has_value && word + 1 != words.end()) ++word;
        if (!word->starts_with("--") && !has_value && before-- == 0) return word;
    }
    return words.end();
}

/// Takes --help and --output out of the words: every command has them, unless it has such an option itself.
void take_common_options(const Command& command, Words& words, Call& call) {
    auto end = std::find(words.begin(), verbatim_words(command, words), "--");
    auto help = std::find(words.begin(), end, "--help");
    call.wants_help = help != end;
    if (command.find_option("output")) return;
    constexpr std::string_view joined = "--output=";
    for (auto word = words.begin(); word != end; ++word) {
        if (word->starts_with(joined)) {
            call.format = format_named(std::string_view{*word}.substr(joined.size()));
            words.erase(word);
            return;
        }
        if (*word != "--output") continue;
        if (word + 1 == words.end()) throw usage_error("option --output needs a value: text or json");
        call.format = format_named(*(word + 1));
        words.erase(word, word + 2);
        return;
    }
}

/// Whether it succeeded.
awaitable<bool> run_one(Shell& shell, const Call& call) {
    auto begin = std::chrono::steady_clock::now();
    bool good = true;
    shell.use_format(call.format);
    shell.set_exit_code(1);
    try {
        if (call.wants_help)
            shell.print(help_of(*call.command));
        else
            co_await call.command->run(shell, call.arguments);
        good = !shell.take_failed();
    } catch (const Error& error) {
        shell.show_error(error.what());
        good = false;
    }
    std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
    if (shell.quit_requested()) co_return good;
    if (shell.take_foreign_output()) co_return good;
    if (shell.options().timing)
        shell.print("\n(Time: {:.3f} ms)\n\n", taken.count());
    else
        shell.print_extra("\n");
    shell.flush();
    co_return good;
}
} // namespace

Call Call::parse(Words words) {
    const auto* command = find_command(words.front());
    if (!command)
        throw usage_error(
            fmt::format("there is no command '{}'{}", words.front(), hint(nearest_command(words.front()))));
    words.erase(words.begin());
    Call call{command, {}, false, std::nullopt};
    take_common_options(*command, words, call);
    if (!call.wants_help) call.arguments = Arguments::parse(*command, words);
    return call;
}

awaitable<bool> run_commands(Shell& shell, std::vector<Words> commands) {
    std::vector<Call> calls;
    try {
        for (auto& words : commands) calls.push_back(Call::parse(std::move(words)));
    } catch (const Error& error) {
        shell.show_error(error.what());
        co_return false;
    }
    bool good = true;
    for (const auto& call : calls) {
        good = co_await run_one(shell, call);
        if (shell.quit_requested()) break;
    }
    co_return good;
}

} // namespace vireo::cli
