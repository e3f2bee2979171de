// SPDX-License-Identifier: Apache-2.0
// The commands about a domain's virtual processors.
#include "cli/cpu_set.hpp"
#include "cli/shell.hpp"
#include "cli/typed_parameters.hpp"
#include "protocol/domain_guest.hpp"
#include "protocol/domain_tuning.hpp"
#include "protocol/node.hpp"

#include <array>

namespace vireo::cli {

namespace {
using enum OptionKind;
/// virDomainVcpuFlags
constexpr std::uint32_t live_flag = 1, config_flag = 2, maximum_flag = 4, guest_flag = 8,
                        hotpluggable_flag = 16;

/// One virtual processor as vcpuinfo shows it.
Record vcpu_record(std::uint32_t number, const protocol::VcpuInfo* running, std::string_view bitmap,
                   std::size_t cpus, bool pretty) {
    constexpr std::array<std::string_view, 3> states{"offline", "running", "blocked"}; // virVcpuState
    Record record;
    auto add = [&](std::string_view key, std::string_view name, const auto& text, Value value) {
        record.add(key, std::move(value), fmt::format("{:<15} {}", name, text));
    };
    add("vcpu", "VCPU:", number, number);
    if (running) {
        auto state = static_cast<std::size_t>(running->state) < states.size()
                         ? states[static_cast<std::size_t>(running->state)]
                         : "no state";
        add("cpu", "CPU:", running->cpu, running->cpu);
        add("state", "State:", state, state);
        if (running->cpu_time != 0)
            add("cpu_time_ns",
                "CPU time:", fmt::format("{:.1f}s", static_cast<double>(running->cpu_time) / 1e9),
                running->cpu_time);
    } else {
        add("cpu", "CPU:", "N/A", {});
        add("state", "State:", "N/A", {});
        add("cpu_time_ns", "CPU time", "N/A", {});
    }
    auto list = cpu_list(bitmap, cpus);
    add("cpu_affinity",
        "CPU Affinity:", pretty ? fmt::format("{} (out of {})", list, cpus) : cpu_letters(bitmap, cpus),
        list);
    return record;
}

awaitable<void> vcpuinfo(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto cpus = co_await host_cpus(shell);
    auto bytes = (cpus + 7) / 8;
    bool pretty = arguments.has("pretty");
    std::vector<Record> records;
    if (domain.id()) {
        auto count = static_cast<std::int32_t>((co_await domain.info()).nr_virt_cpu);
        auto answer =
            co_await domain.call(protocol::domain_get_vcpus, count, static_cast<std::int32_t>(bytes));
        for (std::size_t i = 0; i < answer.info.size(); ++i)
            records.push_back(vcpu_record(answer.info[i].number, &answer.info[i],
                                          std::string_view{answer.cpumaps.data}.substr(
                                              std::min(i * bytes, answer.cpumaps.data.size()), bytes),
                                          cpus, pretty));
    } else {
        auto count = co_await domain.call(protocol::domain_get_vcpus_flags, config_flag);
        auto answer = co_await domain.call(protocol::domain_get_vcpu_pin_info, count.num,
                                           static_cast<std::int32_t>(bytes), config_flag);
        for (std::size_t i = 0; i < static_cast<std::size_t>(answer.num); ++i)
            records.push_back(vcpu_record(static_cast<std::uint32_t>(i), nullptr,
                                          std::string_view{answer.cpumaps.data}.substr(
                                              std::min(i * bytes, answer.cpumaps.data.size()), bytes),
                                          cpus, pretty));
    }
    shell.show(records);
}

/// A count that the domain's state may keep from existing.
awaitable<std::optional<std::int32_t>> vcpu_count(client::Domain domain, std::uint32_t flags) {
    try {
        co_return (co_await domain.call(protocol::domain_get_vcpus_flags, flags)).num;
    } catch (const Error& error) {
        if (error.code != ErrorCode::OperationInvalid) throw;
    }
    co_return std::nullopt;
}

/// Daemons that do not know the flags have an older call for the most, and the usual facts for the rest.
awaitable<std::int32_t> require_vcpu_count(client::Domain domain, std::uint32_t flags) {
    auto answer = co_await if_supported(domain.call(protocol::domain_get_vcpus_flags, flags));
    if (answer) co_return answer->num;
    if ((flags & guest_flag) != 0)
        throw Error(ErrorCode::NoSupport, ErrorDomain::None,
                    "the daemon cannot ask guests for their processors");
    if ((flags & maximum_flag) != 0) co_return (co_await domain.call(protocol::domain_get_max_vcpus)).num;
    co_return static_cast<std::int32_t>((co_await domain.info()).nr_virt_cpu);
}

awaitable<void> show_all_counts(Shell& shell, client::Domain domain) {
    struct Kind {
        std::string_view what, when;
        std::uint32_t flags;
    };
    constexpr auto kinds = std::to_array<Kind>({{"maximum", "config", maximum_flag | config_flag},
                                                {"maximum", "live", maximum_flag | live_flag},
                                                {"current", "config", config_flag},
                                                {"current", "live", live_flag}});
    Record record;
    for (const auto& kind : kinds)
        if (auto count = co_await vcpu_count(domain, kind.flags))
            record.add(fmt::format("{}_{}", kind.what, kind.when), *count,
                       fmt::format("{:<12} {:<12} {:>3}", kind.what, kind.when, *count));
    shell.show(record);
}

awaitable<void> vcpucount(Shell& shell, const Arguments& arguments) {
    arguments.exclude("active", "maximum");
    arguments.exclude("guest", "config");
    arguments.exclude("live", "config");
    auto flags = arguments.impact() | arguments.bits({{"maximum", maximum_flag}, {"guest", guest_flag}});
    auto domain = co_await shell.domain_of(arguments);
    if (flags == 0 && !arguments.has("active") && !arguments.has("current"))
        co_return co_await show_all_counts(shell, domain);
    auto headline = arguments.has("guest") ? "failed to ask the guest for its processors"
                                           : "failed to get the number of virtual processors";
    auto count = co_await explain(headline, require_vcpu_count(domain, flags));
    shell.show("count", count, fmt::format("{}\n", count));
}

awaitable<void> setvcpus(Shell& shell, const Arguments& arguments) {
    arguments.exclude("guest", "config");
    arguments.require_with("maximum", "config");
    auto count = arguments.count("count").value_or(0);
    if (count == 0 || count > std::numeric_limits<std::uint32_t>::max())
        throw usage_error("a domain cannot have that many virtual processors: the count begins at 1");
    auto number = static_cast<std::uint32_t>(count);
    auto flags = arguments.impact() |
                 arguments.bits(
                     {{"maximum", maximum_flag}, {"guest", guest_flag}, {"hotpluggable", hotpluggable_flag}});
    auto domain = co_await shell.domain_of(arguments);
    if (flags == 0 && !arguments.has("current"))
        co_await domain.call(protocol::domain_set_vcpus, number);
    else
        co_await domain.call(protocol::domain_set_vcpus_flags, number, flags);
}

/// "cpu_time            24.386308517 seconds"
void add_times(Record& record, std::span<const protocol::TypedParameter> parameters) {
    for (const auto& [field, value] : parameters) {
        auto time = count_of(value);
        if (!time) continue;
        record.add(
            field, *time,
            fmt::format("\t{:<12} {:>9}.{:09} seconds", field, *time / 1'000'000'000, *time % 1'000'000'000));
    }
}

awaitable<void> add_cpu_times(client::Domain domain, const Arguments& arguments,
                              std::vector<Record>& records) {
    constexpr std::uint32_t most_at_once = 128;
    auto call = [&](std::uint32_t size, std::uint32_t first, std::uint32_t count) {
        return domain.call(protocol::domain_get_cpu_stats, size, static_cast<std::int32_t>(first), count, 0U);
    };
    auto all = static_cast<std::uint32_t>((co_await call(0, 0, 0)).nparams);
    auto first = static_cast<std::uint32_t>(arguments.number("start", 0).value_or(0));
    if (first >= all)
        throw usage_error(fmt::format("there is no CPU {}: the last one is {}", first, all - 1));
    auto wanted = static_cast<std::uint32_t>(arguments.number("count", 0).value_or(static_cast<int>(all)));
    auto last = first + std::min(wanted, all - first);
    auto size = static_cast<std::size_t>((co_await call(0, first, 1)).nparams);
    for (auto cpu = first; cpu < last && size > 0;) {
        auto count = std::min(last - cpu, most_at_once);
        auto answer = co_await call(static_cast<std::uint32_t>(size), cpu, count);
        for (std::size_t i = 0; i + size <= answer.params.size(); i += size, ++cpu) {
            auto& record = records.emplace_back();
            record.add("cpu", cpu, fmt::format("CPU{}:", cpu));
            add_times(record, std::span{answer.params}.subspan(i, size));
        }
        if (answer.params.size() < size) break; // the daemon has no more to tell
    }
}

awaitable<void> add_total_times(client::Domain domain, std::vector<Record>& records) {
    auto count = co_await domain.call(protocol::domain_get_cpu_stats, 0U, -1, 1U, 0U);
    if (count.nparams == 0) {
        records.emplace_back().add_line("No total stats available");
        co_return;
    }
    auto answer = co_await domain.call(protocol::domain_get_cpu_stats,
                                       static_cast<std::uint32_t>(count.nparams), -1, 1U, 0U);
    auto& record = records.emplace_back();
    record.add("cpu", "total", "Total:");
    add_times(record, answer.params);
}

awaitable<void> cpu_stats(Shell& shell, const Arguments& arguments) {
    bool some = arguments.has("start") || arguments.has("count"), total = arguments.has("total");
    auto domain = co_await shell.domain_of(arguments);
    auto headline = fmt::format("failed to get the processor statistics of domain '{}'", domain.name());
    std::vector<Record> records;
    if (some || !total) co_await explain(headline, add_cpu_times(domain, arguments, records));
    if (total || !some) co_await explain(headline, add_total_times(domain, records));
    if (shell.as_json()) co_return shell.show(records);
    for (const auto& record : records) shell.print(text_of(record));
}

awaitable<void> iothreadinfo(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto domain = co_await shell.domain_of(arguments);
    auto cpus = co_await host_cpus(shell);
    auto answer = co_await explain("failed to get the threads of the domain's disks",
                                   domain.call(protocol::domain_get_iothread_info, flags));
    if (answer.info.empty() && !shell.as_json())
        co_return shell.print_extra("No IOThreads found for the domain");
    Table table{{"IOThread ID", "CPU Affinity"}};
    for (const auto& thread : answer.info)
        table.add_row({Cell{std::to_string(thread.iothread_id), thread.iothread_id},
                       cpu_list(thread.cpumap.data, cpus)});
    shell.show(table);
}

std::uint32_t thread_id(const Arguments& arguments) {
    auto id = arguments.number("id", 1);
    if (!id) throw usage_error("option --id is missing");
    return static_cast<std::uint32_t>(*id);
}

awaitable<void> iothreadadd(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto id = thread_id(arguments);
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_add_iothread, id, flags);
}

awaitable<void> iothreaddel(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto id = thread_id(arguments);
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_del_iothread, id, flags);
}

awaitable<void> iothreadset(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.impact();
    auto id = thread_id(arguments);
    protocol::List<protocol::TypedParameter, 64> settings;
    auto add = [&]<class Number>(const char* option, const char* field, Number) {
        auto value = arguments.count(option);
        if (!value) return;
        if (*value > std::numeric_limits<Number>::max())
            throw usage_error(fmt::format("option --{}: {} is too much", option, *value));
        settings.push_back({field, protocol::TypedValue{static_cast<Number>(*value)}});
    };
    add("poll-max-ns", "poll_max_ns", std::uint64_t{});
    add("poll-grow", "poll_grow", std::uint32_t{});
    add("poll-shrink", "poll_shrink", std::uint32_t{});
    add("thread-pool-min", "thread_pool_min", std::int32_t{});
    add("thread-pool-max", "thread_pool_max", std::int32_t{});
    if (settings.empty()) throw usage_error("nothing to set: say one of --poll-max-ns, --thread-pool-max, …");
    auto domain = co_await shell.domain_of(arguments);
    co_await domain.call(protocol::domain_set_iothread_params, id, std::move(settings), flags);
}

awaitable<void> guestvcpus(Shell& shell, const Arguments& arguments) {
    arguments.exclude("enable", "disable");
    arguments.require_with("enable", "cpulist");
    arguments.require_with("disable", "cpulist");
    bool change = arguments.has("enable") || arguments.has("disable");
    if (arguments.has("cpulist") && !change)
        throw usage_error("option --cpulist needs one of --enable and --disable too");
    auto domain = co_await shell.domain_of(arguments);
    if (change) {
        co_await domain.call(protocol::domain_set_guest_vcpus, arguments.text("cpulist"),
                             arguments.has("enable") ? 1 : 0, 0U);
        co_return;
    }
    auto answer = co_await domain.call(protocol::domain_get_guest_vcpus, 0U);
    Record record;
    for (const auto& [field, value] : answer.params)
        record.add(field, value_of(value), fmt::format("{:<15}: {}", field, text_of(value)));
    shell.show(record);
}
} // namespace

awaitable<std::size_t> host_cpus(Shell& shell) {
    auto daemon = co_await shell.connection();
    auto map = co_await if_supported(daemon->call_with(protocol::node_get_cpu_map, 0, 0, 0U));
    if (map) co_return static_cast<std::size_t>(map->ret);
    auto info = co_await daemon->call(protocol::node_get_info);
    co_return static_cast<std::size_t>(info.nodes) * static_cast<std::size_t>(info.sockets) *
        static_cast<std::size_t>(info.cores) * static_cast<std::size_t>(info.threads);
}

std::vector<Command> vcpu_commands() {
    const Option live{"live", Flag, "of the running guest"}, config{"config", Flag, "from its next start on"},
        current{"current", Flag, "whichever it is in now"};
    const Option thread{"id", PositionalNumber, "the thread's number"};
    return {
        {"cpu-stats",
         "processor time of a domain",
         "Shows it for each processor of the host, and in total.",
         {running_domain_option,
          {"total", Flag, "only the total"},
          {"start", Number, "from this processor on"},
          {"count", Number, "this many processors"}},
         cpu_stats},
        {"guestvcpus",
         "processors as the guest uses them",
         "Shows them, or turns some on or off, through the agent in the guest.",
         {running_domain_option,
          {"cpulist", Text, "these, as in 0-1,3"},
          {"enable", Flag, "use them"},
          {"disable", Flag, "use them no longer"}},
         guestvcpus},
        {"iothreadadd",
         "give a domain's disks one more thread",
         "",
         {domain_option, thread, config, live, current},
         iothreadadd},
        {"iothreaddel",
         "take a thread from a domain's disks",
         "",
         {domain_option, thread, config, live, current},
         iothreaddel},
        {"iothreadset",
         "tune a thread of a domain's disks",
         "How long it polls before it sleeps, and how many helpers it has.",
         {domain_option,
          thread,
          {"poll-max-ns", Number, "it polls for so many nanoseconds at most"},
          {"poll-grow", Number, "the factor by which that time grows"},
          {"poll-shrink", Number, "the divisor by which it shrinks"},
          {"thread-pool-min", Number, "helpers at least"},
          {"thread-pool-max", Number, "helpers at most"},
          config,
          live,
          current},
         iothreadset},
        {"iothreadinfo",
         "the threads that disks have for themselves",
         "Shows on which processors of the host they may run.",
         {domain_option, config, live, current},
         iothreadinfo},
        {"setvcpus",
         "change the number of virtual processors",
         "",
         {domain_option,
          {"count", PositionalNumber, "how many"},
          {"maximum", Flag, "how many there can be at most"},
          config,
          live,
          current,
          {"guest", Flag, "by the agent in the guest"},
          {"hotpluggable", Flag, "so that they can be taken away again"}},
         setvcpus},
        {"vcpucount",
         "the number of virtual processors",
         "",
         {domain_option,
          {"maximum", Flag, "how many there can be at most"},
          {"active", Flag, "how many there are"},
          live,
          config,
          current,
          {"guest", Flag, "as the agent in the guest sees it"}},
         vcpucount},
        {"vcpuinfo",
         "what the virtual processors do",
         "",
         {domain_option, {"pretty", Flag, "processors of the host as ranges"}},
         vcpuinfo},
    };
}

} // namespace vireo::cli
