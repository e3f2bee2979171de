// SPDX-License-Identifier: Apache-2.0
// The commands that look at domains.
#include "cli/domain_states.hpp"
#include "cli/shell.hpp"
#include "cli/table.hpp"
#include "cli/xml_selection.hpp"
#include "protocol/domain_tuning.hpp"
#include "protocol/node.hpp"

#include <strings.h>

#include <algorithm>

namespace vireo::cli {

namespace {
using enum OptionKind;
/// virConnectListAllDomainsFlags
std::uint32_t list_flags(const Arguments& arguments) {
    constexpr std::uint32_t active = 1, inactive = 2;
    auto flags = active;
    if (arguments.has("inactive") || arguments.has("state-shutoff")) flags = inactive;
    if (arguments.has("all")) flags = active | inactive;
    return flags | arguments.bits({{"persistent", 4},
                                   {"transient", 8},
                                   {"state-running", 16},
                                   {"state-paused", 32},
                                   {"state-shutoff", 64},
                                   {"state-other", 128},
                                   {"with-managed-save", 256},
                                   {"without-managed-save", 512},
                                   {"autostart", 1024},
                                   {"no-autostart", 2048},
                                   {"with-snapshot", 4096},
                                   {"without-snapshot", 8192},
                                   {"with-checkpoint", 1 << 14},
                                   {"without-checkpoint", 1 << 15}});
}

/// Running ones by id, then the others by name.
bool before(const client::Domain& one, const client::Domain& other) {
    auto id = one.id(), other_id = other.id();
    if (id && other_id) return *id < *other_id;
    if (id || other_id) return id.has_value();
    return ::strcasecmp(one.name().c_str(), other.name().c_str()) < 0;
}

Value id_value(const client::Domain& domain) {
    auto id = domain.id();
    return id ? Value{*id} : Value{};
}

std::string id_text(const client::Domain& domain) {
    auto id = domain.id();
    return id ? std::to_string(*id) : "-";
}

/// Only the parts that were asked for, without a table.
void show_plain(Shell& shell, const std::vector<client::Domain>& domains, const Arguments& arguments) {
    bool uuid = arguments.has("uuid"), id = arguments.has("id"), name = arguments.has("name");
    std::vector<Record> records;
    std::string lines;
    for (const auto& domain : domains) {
        if (id && !uuid && !name && !domain.id()) continue; // it has none to show
        std::vector<std::string> parts;
        Record record;
        if (uuid) record.add("uuid", parts.emplace_back(domain.uuid().text()), "");
        if (id) parts.push_back(id_text(domain)), record.add("id", id_value(domain), "");
        if (name) record.add("name", parts.emplace_back(domain.name()), "");
        records.push_back(std::move(record));
        lines += fmt::format("{}\n", fmt::join(parts, " "));
    }
    shell.print(shell.as_json() ? json_of(records) : lines);
}

Style style_of(std::string_view state) {
    if (state == "running") return Style::Good;
    if (state == "paused" || state == "pmsuspended") return Style::Paused;
    if (state == "crashed") return Style::Bad;
    return state == "shut off" ? Style::Faint : Style::Plain;
}

/// The state as the list shows it. Empty when the domain has gone meanwhile.
awaitable<std::string> listed_state(const client::Domain& domain, bool marks_saved) {
    try {
        if (marks_saved && !domain.id() && co_await domain.has_managed_save()) co_return "saved";
        co_return std::string{state_name((co_await domain.state()).state)};
    } catch (const Error& error) {
        if (error.code != ErrorCode::NoDomain) throw;
    }
    co_return "no state";
}

/// Daemons that do not tell a title alone still show the whole description.
awaitable<std::string> title_of(const client::Domain& domain) {
    auto told = co_await if_supported(domain.title());
    if (told) co_return std::move(*told);
    auto answer = co_await domain.xml(0);
    co_return domain_child_in(answer.xml, "title");
}

awaitable<void> list(Shell& shell, const Arguments& arguments) {
    for (auto plain : {"name", "uuid", "id"}) arguments.exclude("table", plain);
    auto daemon = co_await shell.connection();
    auto domains =
        co_await explain("failed to list domains", client::Domain::list(daemon, list_flags(arguments)));
    std::ranges::stable_sort(domains, before);
    if (arguments.has("uuid") || arguments.has("id") || arguments.has("name"))
        co_return show_plain(shell, domains, arguments);

    bool with_title = arguments.has("title");
    std::vector<std::string> head{"Id", "Name", "State"};
    if (with_title) head.emplace_back("Title");
    Table table{std::move(head)};
    for (const auto& domain : domains) {
        std::vector<Cell> row{Cell{id_text(domain), id_value(domain)}, Cell{domain.name(), domain.name()}};
        auto state = co_await listed_state(domain, arguments.has("managed-save"));
        row.emplace_back(state, state, style_of(state));
        if (with_title) row.emplace_back(co_await title_of(domain));
        table.add_row(std::move(row));
    }
    shell.show(table);
}

awaitable<void> domstate(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto now = co_await domain.state();
    auto state = state_name(now.state), reason = reason_name(now.state, now.reason);
    bool with_reason = arguments.has("reason");
    Record record;
    record.add("state", state, with_reason ? fmt::format("{} ({})", state, reason) : std::string{state});
    if (with_reason) record.add("reason", reason, "");
    shell.show(record);
}

std::string letters_of(const auto& letters) {
    auto end = std::ranges::find(letters, '\0');
    return {letters.begin(), end};
}

/// "Max memory:     65536 KiB"
void add_line(Record& record, std::string_view key, std::string_view name, const auto& text, Value value) {
    record.add(key, std::move(value), fmt::format("{:<15} {}", name, text));
}

awaitable<void> add_security(Shell& shell, client::Domain domain, Record& record) {
    auto daemon = co_await shell.connection();
    auto model = co_await if_supported(daemon->call(protocol::node_get_security_model));
    if (!model || letters_of(model->model).empty()) co_return;
    auto name = letters_of(model->model), doi = letters_of(model->doi);
    add_line(record, "security_model", "Security model:", name, name);
    add_line(record, "security_doi", "Security DOI:", doi, doi);
    if (!domain.id()) co_return;
    auto label = co_await domain.call(protocol::domain_get_security_label);
    auto text = letters_of(label.label);
    if (text.empty()) co_return;
    auto mode = label.enforcing ? "enforcing" : "permissive";
    add_line(record, "security_label", "Security label:", fmt::format("{} ({})", text, mode), text);
}

void add_usage(Record& record, const protocol::DomainGetInfoRet& info) {
    add_line(record, "state", "State:", state_name(info.state), state_name(info.state));
    add_line(record, "cpus", "CPU(s):", info.nr_virt_cpu, info.nr_virt_cpu);
    if (info.cpu_time != 0)
        add_line(record, "cpu_time_ns",
                 "CPU time:", fmt::format("{:.1f}s", static_cast<double>(info.cpu_time) / 1e9),
                 info.cpu_time);
    bool unlimited = info.max_mem == std::numeric_limits<std::uint32_t>::max();
    add_line(record, "max_memory_kib",
             "Max memory:", unlimited ? "no limit" : fmt::format("{} KiB", info.max_mem),
             unlimited ? Value{} : Value{info.max_mem});
    add_line(record, "used_memory_kib", "Used memory:", fmt::format("{} KiB", info.memory), info.memory);
}

awaitable<void> dominfo(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    Record record;
    add_line(record, "id", "Id:", id_text(domain), id_value(domain));
    add_line(record, "name", "Name:", domain.name(), domain.name());
    add_line(record, "uuid", "UUID:", domain.uuid().text(), domain.uuid().text());
    if (auto os = co_await if_supported(domain.os_type()))
        add_line(record, "os_type", "OS Type:", os->type, os->type);
    add_usage(record, co_await domain.info());
    bool kept = (co_await domain.is_persistent()).persistent != 0;
    add_line(record, "persistent", "Persistent:", kept ? "yes" : "no", kept);
    if (auto marked = co_await if_supported(domain.autostart()))
        add_line(record, "autostart", "Autostart:", marked->autostart ? "enable" : "disable",
                 marked->autostart != 0);
    auto saved = co_await if_supported(domain.has_managed_save());
    add_line(record, "managed_save", "Managed save:",
             !saved   ? "unknown"
             : *saved ? "yes"
                      : "no",
             saved ? Value{*saved} : Value{});
    co_await add_security(shell, domain, record);
    auto messages = (co_await if_supported(domain.messages())).value_or(std::vector<std::string>{});
    if (!messages.empty()) record.add("messages", messages, "");
    std::string_view title = "Messages:";
    for (const auto& message : messages)
        record.add_line(fmt::format("{:<15} {}", std::exchange(title, ""), message));
    shell.show(record);
}
} // namespace

std::vector<Command> list_commands() {
    return {
        {"dominfo",
         "what a domain is and has",
         "Shows the basic facts about a domain.",
         {domain_option},
         dominfo},
        {"domstate",
         "the state of a domain",
         "",
         {domain_option, {"reason", Flag, "say why it is in this state"}},
         domstate},
        {"list",
         "the domains",
         "Shows the running domains, or those that the options ask for.",
         {{"inactive", Flag, "those that do not run"},
          {"all", Flag, "those that run and those that do not"},
          {"transient", Flag, "only those without a definition"},
          {"persistent", Flag, "only those with a definition"},
          {"with-snapshot", Flag, "only those that have snapshots"},
          {"without-snapshot", Flag, "only those that have none"},
          {"with-checkpoint", Flag, "only those that have checkpoints"},
          {"without-checkpoint", Flag, "only those that have none"},
          {"state-running", Flag, "only those in state running"},
          {"state-paused", Flag, "only those in state paused"},
          {"state-shutoff", Flag, "only those in state shut off"},
          {"state-other", Flag, "only those in another state"},
          {"autostart", Flag, "only those started with the host"},
          {"no-autostart", Flag, "only those not started with it"},
          {"with-managed-save", Flag, "only those with a saved state"},
          {"without-managed-save", Flag, "only those without one"},
          {"uuid", Flag, "UUIDs without a table"},
          {"name", Flag, "names without a table"},
          {"id", Flag, "ids without a table"},
          {"table", Flag, "a table (it is one anyway)"},
          {"managed-save", Flag, "call those with a saved state 'saved'"},
          {"title", Flag, "show titles too"}},
         list},
    };
}

} // namespace vireo::cli
