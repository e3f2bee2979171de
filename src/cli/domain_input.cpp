// SPDX-License-Identifier: Apache-2.0
// The commands that press a guest's keys and buttons.
#include "cli/key_names.hpp"
#include "cli/shell.hpp"
#include "protocol/domain_guest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace vireo::cli {

namespace {
using enum OptionKind;
using Choice = std::pair<std::string_view, std::uint32_t>;

std::optional<std::uint32_t> number_in(std::string_view text) {
    int base = text.starts_with("0x") ? 16 : 10;
    if (base == 16) text.remove_prefix(2);
    std::uint32_t number = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    bool whole = failure == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional{number} : std::nullopt;
}

awaitable<void> inject_nmi(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_inject_nmi, 0U);
}

/// virKeycodeSet
constexpr auto codesets = std::to_array<Choice>({{"linux", 0},
                                                 {"xt", 1},
                                                 {"atset1", 2},
                                                 {"atset2", 3},
                                                 {"atset3", 4},
                                                 {"os_x", 5},
                                                 {"osx", 5},
                                                 {"xt_kbd", 6},
                                                 {"usb", 7},
                                                 {"win32", 8},
                                                 {"qnum", 9},
                                                 {"rfb", 9}});

std::uint32_t keycode(const std::string& text, const Choice& codeset) {
    if (auto number = number_in(text)) return *number;
    if (codeset.second == 0)
        if (auto key = linux_key(text)) return *key;
    throw usage_error(fmt::format("'{}' is no key of codeset {}: numbers are, and for codeset linux names "
                                  "such as KEY_ENTER",
                                  text, codeset.first));
}

awaitable<void> send_key(Shell& shell, const Arguments& arguments) {
    using Keys = decltype(protocol::DomainSendKeyArgs::keycodes);
    auto wanted = arguments.optional_text("codeset").value_or("linux");
    auto codeset = std::ranges::find(codesets, wanted, &Choice::first);
    if (codeset == codesets.end()) throw usage_error(fmt::format("there is no codeset '{}'", wanted));
    auto holdtime = static_cast<std::uint32_t>(arguments.number("holdtime", 0).value_or(0));
    if (arguments.rest().size() > Keys::limit)
        throw usage_error(fmt::format("at most {} keys can be pressed at once", Keys::limit));
    Keys keys;
    for (const auto& text : arguments.rest()) keys.push_back(keycode(text, *codeset));
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_send_key, codeset->second, holdtime, std::move(keys), 0U);
}

/// The names of virDomainProcessSignal, by number.
constexpr auto signals = std::to_array<std::string_view>(
    {"nop",  "hup",  "int",  "quit", "ill",    "trap",   "abrt",  "bus",  "fpe",  "kill", "usr1",
     "segv", "usr2", "pipe", "alrm", "term",   "stkflt", "chld",  "cont", "stop", "tstp", "ttin",
     "ttou", "urg",  "xcpu", "xfsz", "vtalrm", "prof",   "winch", "poll", "pwr",  "sys"});
constexpr std::uint32_t first_realtime_signal = 32, last_realtime_signal = 64;

std::uint32_t signal_number(const std::string& text) {
    auto name = text;
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (auto number = number_in(name)) return *number;
    for (std::string_view prefix : {"sig_", "sig"})
        if (name.starts_with(prefix)) {
            name.erase(0, prefix.size());
            break;
        }
    if (auto found = std::ranges::find(signals, name); found != signals.end())
        return static_cast<std::uint32_t>(found - signals.begin());
    if (name.starts_with("rt"))
        if (auto number = number_in(std::string_view{name}.substr(2));
            number && *number <= last_realtime_signal - first_realtime_signal)
            return first_realtime_signal + *number;
    throw usage_error(fmt::format("'{}' is no signal: it is a name such as sigterm or a number", text));
}

awaitable<void> send_process_signal(Shell& shell, const Arguments& arguments) {
    auto process = arguments.integer("pid").value_or(0);
    auto signal = signal_number(arguments.text("signame"));
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_send_process_signal, process, signal, 0U);
}

awaitable<void> dompmsuspend(Shell& shell, const Arguments& arguments) {
    constexpr std::array<std::string_view, 3> targets{"mem", "disk", "hybrid"}; // virNodeSuspendTarget
    auto target = std::ranges::find(targets, arguments.text("target"));
    if (target == targets.end())
        throw usage_error(
            fmt::format("there is no target '{}': it is mem, disk or hybrid", arguments.text("target")));
    auto duration = arguments.count("duration").value_or(0);
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("domain '{}' could not be suspended", domain.name()),
                     domain.call(protocol::domain_pm_suspend_for_duration,
                                 static_cast<std::uint32_t>(target - targets.begin()), duration, 0U));
    shell.print_extra("Domain '{}' successfully suspended", domain.name());
}

awaitable<void> dompmwakeup(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    co_await explain(fmt::format("domain '{}' could not be woken up", domain.name()),
                     domain.call(protocol::domain_pm_wakeup, 0U));
    shell.print_extra("Domain '{}' successfully woken up", domain.name());
}
} // namespace

std::vector<Command> input_commands() {
    return {
        {"dompmsuspend",
         "let a guest suspend itself",
         "The agent in the guest does it; dompmwakeup ends it.",
         {running_domain_option,
          {"target", Positional, "where its state goes: mem, disk or hybrid"},
          {"duration", NamedNumber, "seconds after which it wakes up"}},
         dompmsuspend},
        {"dompmwakeup", "wake a guest that suspended itself", "", {running_domain_option}, dompmwakeup},
        {"inject-nmi", "send a guest a non-maskable interrupt", "", {running_domain_option}, inject_nmi},
        {"send-key",
         "press keys of a guest",
         "The keys are pressed together. They are names such as KEY_ENTER, or numbers.",
         {running_domain_option,
          {"codeset", NamedText, "what the numbers mean: linux, xt, usb, win32, qnum, ..."},
          {"holdtime", NamedNumber, "milliseconds until they are released"},
          {"keycode", RequiredRest, "the keys"}},
         send_key},
        {"send-process-signal",
         "send a signal to a process in a guest",
         "",
         {running_domain_option,
          {"pid", PositionalNumber, "its number in the guest"},
          {"signame", Positional, "such as sigterm"}},
         send_process_signal},
    };
}

} // namespace vireo::cli
