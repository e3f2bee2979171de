// SPDX-License-Identifier: Apache-2.0
// The commands about what a domain is busy with.
#include "cli/shell.hpp"
#include "cli/sizes.hpp"
#include "cli/typed_parameters.hpp"
#include "protocol/domain.hpp"
#include "protocol/migration.hpp"

#include <algorithm>
#include <array>

namespace vireo::cli {

namespace {
using enum OptionKind;
using Parameters = std::vector<protocol::TypedParameter>;

/// virDomainJobType, virDomainJobOperation
std::string_view type_name(std::int32_t type) {
    constexpr std::array<std::string_view, 6> names{"None",      "Bounded", "Unbounded",
                                                    "Completed", "Failed",  "Cancelled"};
    auto index = static_cast<std::size_t>(type);
    return index < names.size() ? names[index] : "unknown";
}
std::string_view operation_name(std::uint64_t operation) {
    constexpr std::array<std::string_view, 11> names{
        "Unknown",  "Start",           "Save", "Restore", "Incoming migration", "Outgoing migration",
        "Snapshot", "Snapshot revert", "Dump", "Backup",  "Snapshot delete"};
    return operation < names.size() ? names[operation] : "unknown";
}

/// How a field of virDomainGetJobStats is shown: a count with its unit, an amount of memory, or an amount in
/// each second.
enum class Shown { Count, Size, Rate };
struct Field {
    std::string_view name, title;
    Shown shown = Shown::Count;
    std::string_view unit = "";
};
using enum Shown;
constexpr auto fields = std::to_array<Field>({
    {"time_elapsed", "Time elapsed:", Count, "ms"},
    {"time_elapsed_net", "Time elapsed w/o network:", Count, "ms"},
    {"time_remaining", "Time remaining:", Count, "ms"},
    {"data_processed", "Data processed:", Size},
    {"data_remaining", "Data remaining:", Size},
    {"data_total", "Data total:", Size},
    {"memory_processed", "Memory processed:", Size},
    {"memory_remaining", "Memory remaining:", Size},
    {"memory_total", "Memory total:", Size},
    {"memory_bps", "Memory bandwidth:", Rate},
    {"memory_dirty_rate", "Dirty rate:", Count, "pages/s"},
    {"memory_page_size", "Page size:", Count, "bytes"},
    {"memory_iteration", "Iteration:", Count},
    {"memory_postcopy_requests", "Postcopy requests:", Count},
    {"disk_processed", "File processed:", Size},
    {"disk_remaining", "File remaining:", Size},
    {"disk_total", "File total:", Size},
    {"disk_bps", "File bandwidth:", Rate},
    {"memory_constant", "Constant pages:", Count},
    {"memory_normal", "Normal pages:", Count},
    {"memory_normal_bytes", "Normal data:", Size},
    {"downtime", "Total downtime:", Count, "ms"},
    {"downtime_net", "Downtime w/o network:", Count, "ms"},
    {"setup_time", "Setup time:", Count, "ms"},
    {"compression_cache", "Compression cache:", Size},
    {"compression_bytes", "Compressed data:", Size},
    {"compression_pages", "Compressed pages:", Count},
    {"compression_cache_misses", "Compression cache misses:", Count},
    {"compression_overflow", "Compression overflows:", Count},
    {"auto_converge_throttle", "Auto converge throttle:", Count, "%"},
});

std::optional<std::uint64_t> find_count(const Parameters& parameters, std::string_view name) {
    auto found = std::ranges::find(parameters, name, &protocol::TypedParameter::field);
    return found == parameters.end() ? std::nullopt : count_of(found->value);
}

/// Amounts of a kind are left out when the job has nothing of it.
bool is_idle(const Parameters& parameters, std::string_view name) {
    for (std::string_view kind : {"data", "memory", "disk"})
        if (name == fmt::format("{}_processed", kind) || name == fmt::format("{}_remaining", kind) ||
            name == fmt::format("{}_total", kind))
            return find_count(parameters, fmt::format("{}_total", kind)).value_or(0) == 0 &&
                   find_count(parameters, fmt::format("{}_processed", kind)).value_or(0) == 0;
    return false;
}

std::string line_of(const Field& field, std::uint64_t value, bool completed) {
    auto title = field.name == "downtime" && !completed ? "Expected downtime:" : field.title;
    switch (field.shown) {
    case Size: return fmt::format("{:<17} {}", title, human_size(value));
    case Rate: return fmt::format("{:<17} {}/s", title, human_size(value));
    case Count: break;
    }
    auto line = fmt::format("{:<17} {:<12}", title, value);
    return field.unit.empty() ? line : fmt::format("{} {}", line, field.unit);
}

Record record_of(std::int32_t type, const Parameters& parameters, bool any) {
    constexpr std::int32_t none = 0, completed = 3;
    Record record;
    record.add("type", type_name(type), fmt::format("{:<17} {:<12}", "Job type:", type_name(type)));
    if (type == none && !any) return record;
    if (auto operation = find_count(parameters, "operation"))
        record.add("operation", operation_name(*operation),
                   fmt::format("{:<17} {:<12}", "Operation:", operation_name(*operation)));
    for (const auto& field : fields) {
        auto value = find_count(parameters, field.name);
        if (!value || is_idle(parameters, field.name)) continue;
        if (field.name == "time_remaining" && (type == completed || *value == 0)) continue;
        record.add(field.name, *value, line_of(field, *value, type == completed));
    }
    auto message = std::ranges::find(parameters, "errmsg", &protocol::TypedParameter::field);
    if (message != parameters.end())
        record.add("errmsg", value_of(message->value),
                   fmt::format("{:<17} {}", "Error message:", text_of(message->value)));
    return record;
}

void show_raw(Shell& shell, std::int32_t type, const Parameters& parameters) {
    Record record;
    record.add("type", type, fmt::format("Job type: {}\n", type));
    for (const auto& [field, value] : parameters)
        record.add(field, value_of(value), fmt::format("{}: {}", field, text_of(value)));
    shell.show(record);
}

awaitable<void> domjobinfo(Shell& shell, const Arguments& arguments) {
    arguments.require_with("keep-completed", "completed");
    auto flags = arguments.bits({{"completed", 1}, {"keep-completed", 2}}); // virDomainGetJobStatsFlags
    auto domain = co_await shell.domain_of(arguments);
    auto answer = co_await domain.call(protocol::domain_get_job_stats, flags);
    Parameters parameters(answer.params.begin(), answer.params.end());
    if (arguments.has("rawstats")) co_return show_raw(shell, answer.type, parameters);
    shell.show(record_of(answer.type, parameters, arguments.has("anystats")));
}

awaitable<void> domjobabort(Shell& shell, const Arguments& arguments) {
    auto flags = arguments.bits({{"postcopy", 1}}); // virDomainAbortJobFlagsValues
    auto domain = co_await shell.domain_of(arguments);
    if (flags == 0)
        co_await domain.call(protocol::domain_abort_job);
    else
        co_await domain.call(protocol::domain_abort_job_flags, flags);
}

/// Who has a domain and who waits for it, as this daemon tells under a flag of its own.
awaitable<void> add_queue(client::Domain domain, Table& table) {
    constexpr std::uint32_t queue_flag = 1U << 31; // of virDomainGetJobStats; stock daemons do not know it
    auto answer = co_await domain.call(protocol::domain_get_job_stats, queue_flag);
    Parameters all(answer.params.begin(), answer.params.end());
    auto text = [&all](std::size_t i, std::string_view what) {
        auto found =
            std::ranges::find(all, fmt::format("queue.{}.{}", i, what), &protocol::TypedParameter::field);
        return found == all.end() ? std::string{} : text_of(found->value);
    };
    auto count = find_count(all, "queue.count").value_or(0);
    for (std::size_t i = 0; i < count && !text(i, "name").empty(); ++i) {
        auto age = find_count(all, fmt::format("queue.{}.age", i)).value_or(0);
        table.add_row({domain.name(), text(i, "name"), text(i, "kind"),
                       text(i, "waits") == "1" ? "waits" : "runs",
                       fmt::format("{}.{} s", age / 1000, age % 1000 / 100)});
    }
}

awaitable<void> debug(Shell& shell, const Arguments& arguments) {
    if (arguments.text("what") != "jobs")
        throw usage_error(
            fmt::format("there is nothing to show of '{}': it is 'jobs'", arguments.text("what")));
    constexpr std::uint32_t active = 1; // virConnectListAllDomainsFlags
    auto daemon = co_await shell.connection();
    auto answer = co_await daemon->call_with(protocol::connect_list_all_domains, 1, active);
    Table table{{"Domain", "Job", "Kind", "State", "Since"}};
    for (auto& handle : answer.domains) {
        client::Domain domain{daemon, std::move(handle)};
        co_await add_queue(std::move(domain), table);
    }
    shell.show(table);
}
} // namespace

std::vector<Command> job_commands() {
    return {
        {"debug",
         "what the daemon is busy with: who has a running domain and who waits for it",
         "",
         {{"what", Positional, "jobs"}},
         debug},
        {"domjobabort",
         "give up what a domain is busy with",
         "",
         {running_domain_option, {"postcopy", Flag, "even when the guest runs elsewhere already"}},
         domjobabort},
        {"domjobinfo",
         "what a domain is busy with",
         "",
         {running_domain_option,
          {"completed", Flag, "the last one that came to its end"},
          {"keep-completed", Flag, "let the next one who asks see it too"},
          {"anystats", Flag, "what is known, even without a job"},
          {"rawstats", Flag, "all fields as they came"}},
         domjobinfo},
    };
}

} // namespace vireo::cli
