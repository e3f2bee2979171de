// SPDX-License-Identifier: Apache-2.0
// The commands that show what domains use, and their clocks.
#include "cli/domain_states.hpp"
#include "cli/shell.hpp"
#include "cli/typed_parameters.hpp"
#include "protocol/domain.hpp"
#include "protocol/domain_guest.hpp"
#include "protocol/domain_tuning.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace vireo::cli {

namespace {
using enum OptionKind;

/// virDomainStatsTypes
std::uint32_t wanted_statistics(const Arguments& arguments) {
    return arguments.bits({{"state", 1},
                           {"cpu-total", 2},
                           {"balloon", 4},
                           {"vcpu", 8},
                           {"interface", 16},
                           {"block", 32},
                           {"perf", 64},
                           {"iothread", 128},
                           {"memory", 256},
                           {"dirtyrate", 512},
                           {"vm", 1024}});
}

/// virConnectGetAllDomainStatsFlags
std::uint32_t statistics_flags(const Arguments& arguments) {
    return arguments.bits({{"list-active", 1},
                           {"list-inactive", 2},
                           {"list-persistent", 4},
                           {"list-transient", 8},
                           {"list-running", 16},
                           {"list-paused", 32},
                           {"list-shutoff", 64},
                           {"list-other", 128},
                           {"nowait", 1U << 29},
                           {"backing", 1U << 30},
                           {"enforce", 1U << 31}});
}

awaitable<void> domstats(Shell& shell, const Arguments& arguments) {
    protocol::ConnectGetAllDomainStatsArgs args;
    args.stats = wanted_statistics(arguments);
    args.flags = statistics_flags(arguments);
    for (const auto& name : arguments.rest())
        args.doms.push_back((co_await shell.find_domain(name)).handle());
    auto daemon = co_await shell.connection();
    auto answer = co_await daemon->call(protocol::connect_get_all_domain_stats, args);
    std::vector<Record> records;
    for (const auto& [domain, parameters] : answer.ret_stats) {
        auto& record = records.emplace_back();
        record.add("name", domain.name, fmt::format("Domain: '{}'", domain.name));
        for (const auto& [field, value] : parameters)
            record.add(field, value_of(value), fmt::format("  {}={}", field, text_of(value)));
    }
    shell.show(records);
}

/// virDomainMemoryStatTags
constexpr auto memory_counters = std::to_array<std::string_view>(
    {"swap_in", "swap_out", "major_fault", "minor_fault", "unused", "available", "actual", "rss", "usable",
     "last_update", "disk_caches", "hugetlb_pgalloc", "hugetlb_pgfail"});

awaitable<void> set_period(client::Domain domain, const Arguments& arguments) {
    auto period = *arguments.integer("period");
    if (period < 0 || period > std::numeric_limits<std::int32_t>::max())
        throw usage_error(fmt::format("'{}' is no period: it counts seconds, 0 turns it off", period));
    co_await explain("failed to change the period of the statistics",
                     domain.call(protocol::domain_set_memory_stats_period, static_cast<std::int32_t>(period),
                                 arguments.impact()));
}

awaitable<void> dommemstat(Shell& shell, const Arguments& arguments) {
    arguments.impact();
    auto domain = co_await shell.domain_of(arguments);
    if (arguments.has("period")) co_return co_await set_period(domain, arguments);
    auto answer = co_await explain(
        fmt::format("failed to get the memory statistics of domain {}", domain.name()),
        domain.call(protocol::domain_memory_stats, static_cast<std::uint32_t>(memory_counters.size()), 0U));
    Record record;
    for (const auto& [tag, value] : answer.stats)
        if (auto index = static_cast<std::size_t>(tag); index < memory_counters.size())
            record.add(memory_counters[index], value, fmt::format("{} {}", memory_counters[index], value));
    shell.show(record);
}

/// virDomainControlState
awaitable<void> domcontrol(Shell& shell, const Arguments& arguments) {
    constexpr std::array<std::string_view, 4> states{"ok", "background job", "occupied", "error"};
    auto domain = co_await shell.domain_of(arguments);
    auto info = co_await domain.call(protocol::domain_get_control_info, 0U);
    auto state = info.state < states.size() ? states[info.state] : "unknown";
    Record record;
    auto line = info.state == 0
                    ? std::string{state}
                    : fmt::format("{} ({:.3f}s)", state, static_cast<double>(info.state_time) / 1e3);
    record.add("state", state, std::move(line));
    if (info.state != 0) record.add("since_ms", info.state_time, "");
    shell.show(record);
}

/// "2026-11-20 16:07:32", UTC
std::string date_text(std::int64_t seconds) {
    auto time = static_cast<std::time_t>(seconds);
    tm utc{};
    if (!::gmtime_r(&time, &utc))
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::None,
                    fmt::format("{} seconds are no time of any calendar", seconds));
    char text[64];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &utc)};
}

awaitable<void> set_time(client::Domain domain, const Arguments& arguments) {
    constexpr std::uint32_t sync_flag = 1; // virDomainSetTimeFlags
    auto now = std::chrono::system_clock::now().time_since_epoch();
    auto whole = std::chrono::floor<std::chrono::seconds>(now);
    std::int64_t seconds = 0;
    std::uint32_t nanoseconds = 0;
    if (arguments.has("now")) {
        seconds = whole.count();
        nanoseconds = static_cast<std::uint32_t>(std::chrono::nanoseconds{now - whole}.count());
    } else if (auto wanted = arguments.integer("time")) {
        seconds = *wanted;
    }
    co_await domain.call(protocol::domain_set_time, seconds, nanoseconds,
                         arguments.has("sync") ? sync_flag : 0U);
}

awaitable<void> domtime(Shell& shell, const Arguments& arguments) {
    arguments.exclude("time", "now");
    arguments.exclude("time", "sync");
    arguments.exclude("now", "sync");
    auto domain = co_await shell.domain_of(arguments);
    if (arguments.has("now") || arguments.has("sync") || arguments.integer("time"))
        co_return co_await set_time(domain, arguments);
    auto time = co_await domain.call(protocol::domain_get_time, 0U);
    auto shown = arguments.has("pretty") ? date_text(time.seconds) : std::to_string(time.seconds);
    shell.show("seconds", time.seconds, fmt::format("Time: {}", shown));
}
} // namespace

std::vector<Command> statistics_commands() {
    const Option live{"live", Flag, "of the running guest"}, config{"config", Flag, "from its next start on"},
        current{"current", Flag, "whichever it is in now"};
    return {
        {"domcontrol", "what its connection to the hypervisor is doing", "", {domain_option}, domcontrol},
        {"dommemstat",
         "memory statistics of a guest",
         "Shows them, in KiB, or sets how often the balloon driver reports them.",
         {running_domain_option,
          {"period", NamedNumber, "seconds between two reports; 0: none"},
          config,
          live,
          current},
         dommemstat},
        {"domstats",
         "statistics of several domains at once",
         "Shows all groups of statistics, or those that the options name.",
         {{"state", Flag, "state and its reason"},
          {"cpu-total", Flag, "processor time"},
          {"balloon", Flag, "memory"},
          {"vcpu", Flag, "virtual processors"},
          {"interface", Flag, "network interfaces"},
          {"block", Flag, "disks"},
          {"perf", Flag, "performance counters"},
          {"iothread", Flag, "I/O threads"},
          {"memory", Flag, "memory bandwidth"},
          {"dirtyrate", Flag, "how fast memory is written"},
          {"vm", Flag, "what the hypervisor itself counts"},
          {"list-active", Flag, "only domains that run"},
          {"list-inactive", Flag, "only domains that do not run"},
          {"list-persistent", Flag, "only those with a definition"},
          {"list-transient", Flag, "only those without a definition"},
          {"list-running", Flag, "only those in state running"},
          {"list-paused", Flag, "only those in state paused"},
          {"list-shutoff", Flag, "only those in state shut off"},
          {"list-other", Flag, "only those in another state"},
          {"raw", Flag, "numbers as they are (they are anyway)"},
          {"enforce", Flag, "fail when the daemon does not know a group"},
          {"backing", Flag, "disks with their backing chains"},
          {"nowait", Flag, "leave out what would have to wait"},
          {"domain", Rest, "only these domains", Completes::Domain}},
         domstats},
        {"domtime",
         "the clock of a guest",
         "Shows or sets it, through the agent in the guest.",
         {running_domain_option,
          {"now", Flag, "set it to this host's time"},
          {"pretty", Flag, "as a date, not as seconds since 1970"},
          {"sync", Flag, "set it to its hardware clock"},
          {"time", Number, "set it to this time (seconds since 1970)"}},
         domtime},
    };
}

} // namespace vireo::cli
