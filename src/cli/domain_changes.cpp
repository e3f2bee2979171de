// SPDX-License-Identifier: Apache-2.0
// The commands that change what a domain has.
#include "cli/shell.hpp"
#include "protocol/domain.hpp"
#include "protocol/domain_tuning.hpp"

#include <algorithm>
#include <array>

namespace vireo::cli {

namespace {
using enum OptionKind;
constexpr std::uint32_t maximum_flag = 4; // virDomainMemoryModFlags

/// What a KiB of the wire can say in bytes.
constexpr auto most_memory = MemorySize::bytes(std::numeric_limits<std::uint64_t>::max());

awaitable<void> setmem(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto size = arguments.amount("size", most_memory).value_or(MemorySize{});
    if (size.in_kib() == 0) throw usage_error("a domain cannot have no memory");
    bool simple = flags == 0 && !arguments.has("current");
    auto domain = co_await shell.domain_of(arguments);
    if (simple)
        co_await domain.call(protocol::domain_set_memory, size.in_kib());
    else
        co_await domain.call(protocol::domain_set_memory_flags, size.in_kib(), flags);
}

awaitable<void> setmaxmem(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto size = arguments.amount("size", most_memory).value_or(MemorySize{});
    if (size.in_kib() == 0) throw usage_error("a domain cannot have no memory");
    bool simple = flags == 0 && !arguments.has("current");
    auto domain = co_await shell.domain_of(arguments);
    auto work = simple ? domain.call(protocol::domain_set_max_memory, size.in_kib())
                       : domain.call(protocol::domain_set_memory_flags, size.in_kib(), flags | maximum_flag);
    co_await explain("failed to change the largest amount of memory", std::move(work));
}

std::uint32_t place_in(std::span<const std::string_view> names, const std::string& wanted,
                       std::string_view what) {
    auto found = std::ranges::find(names, wanted);
    if (found == names.end())
        throw usage_error(
            fmt::format("there is no {} '{}': it is one of {}", what, wanted, fmt::join(names, ", ")));
    return static_cast<std::uint32_t>(found - names.begin());
}

awaitable<void> set_lifecycle_action(Shell& shell, const Arguments& arguments) {
    constexpr std::array<std::string_view, 3> types{"poweroff", "reboot", "crash"}; // virDomainLifecycle
    constexpr std::array<std::string_view, 6> actions{"destroy",  "restart",          "rename-restart",
                                                      "preserve", "coredump-destroy", "coredump-restart"};
    auto type = place_in(types, arguments.text("type"), "event in a domain's life");
    auto action = place_in(actions, arguments.text("action"), "action");
    auto flags = arguments.impact();
    auto domain = co_await shell.domain_of(arguments);
    co_await explain("failed to change the action",
                     domain.call(protocol::domain_set_lifecycle_action, type, action, flags));
}
} // namespace

std::vector<Command> change_commands() {
    const Option live{"live", Flag, "of the running guest"}, config{"config", Flag, "from its next start on"},
        current{"current", Flag, "whichever it is in now"};
    const Option size{"size", PositionalNumber, "how much: KiB, or with a unit as in 512M",
                      Completes::Nothing, "kilobytes"};
    return {
        {"set-lifecycle-action",
         "what follows the end of a guest",
         "",
         {domain_option,
          {"type", Positional, "poweroff, reboot or crash"},
          {"action", Positional,
           "destroy, restart, rename-restart, preserve, coredump-destroy or coredump-restart"},
          config,
          live,
          current},
         set_lifecycle_action},
        {"setmaxmem",
         "change how much memory a guest can have at most",
         "",
         {domain_option, size, config, live, current},
         setmaxmem},
        {"setmem",
         "change how much memory a guest has",
         "",
         {domain_option, size, config, live, current},
         setmem},
    };
}

} // namespace vireo::cli
