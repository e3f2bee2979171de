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
constexpr Option domain_option{"domain", Positional, "name, id or UUID of the domain"};

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

std::string id_text(const client::Domain& domain) {
    auto id = domain.id();
    return id ? std::to_string(*id) : "-";
}

void print_plain(Shell& shell, const std::vector<client::Domain>& domains, const Arguments& arguments) {
    bool uuid = arguments.has("uuid"), id = arguments.has("id"), name = arguments.has("name");
    for (const auto& domain : domains) {
        if (id && !uuid && !name && !domain.id()) continue; // it has none to show
        std::vector<std::string> parts;
        if (uuid) parts.push_back(domain.uuid().text());
        if (id) parts.push_back(id_text(domain));
        if (name) parts.push_back(domain.name());
        shell.print("{}\n", fmt::join(parts, " "));
    }
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

/// A call whose answer "there is no such thing here" only leaves lines out.
template <class Result> awaitable<std::optional<Result>> if_supported(awaitable<Result> work) {
    try {
        co_return co_await std::move(work);
    } catch (const Error& error) {
        if (error.code != ErrorCode::NoSupport) throw;
    }
    co_return std::nullopt;
}

/// Daemons that do not tell a title alone still show the whole description.
awaitable<std::string> title_of(const client::Domain& domain) {
    auto told = co_await if_supported(domain.title());
    if (told) co_return std::move(*told);
    auto answer = co_await domain.xml(0);
    co_return title_in(answer.xml);
}

awaitable<void> list(Shell& shell, const Arguments& arguments) {
    for (auto plain : {"name", "uuid", "id"}) arguments.exclude("table", plain);
    auto daemon = co_await shell.connection();
    auto domains =
        co_await explain("failed to list domains", client::Domain::list(daemon, list_flags(arguments)));
    std::ranges::stable_sort(domains, before);
    if (arguments.has("uuid") || arguments.has("id") || arguments.has("name"))
        co_return print_plain(shell, domains, arguments);

    bool with_title = arguments.has("title");
    std::vector<std::string> head{"Id", "Name", "State"};
    if (with_title) head.emplace_back("Title");
    Table table{std::move(head)};
    for (const auto& domain : domains) {
        std::vector<std::string> row{id_text(domain), domain.name()};
        row.push_back(co_await listed_state(domain, arguments.has("managed-save")));
        if (with_title) row.push_back(co_await title_of(domain));
        table.add_row(std::move(row));
    }
    shell.print(table.text(!shell.options().quiet));
}

awaitable<void> domstate(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto now = co_await domain.state();
    if (arguments.has("reason"))
        shell.print("{} ({})\n", state_name(now.state), reason_name(now.state, now.reason));
    else
        shell.print("{}\n", state_name(now.state));
}

std::string text_of(const auto& letters) {
    auto end = std::ranges::find(letters, '\0');
    return {letters.begin(), end};
}

awaitable<void> print_security(Shell& shell, client::Domain domain) {
    auto daemon = co_await shell.connection();
    auto model = co_await if_supported(daemon->call(protocol::node_get_security_model));
    if (!model || text_of(model->model).empty()) co_return;
    shell.print("{:<15} {}\n{:<15} {}\n", "Security model:", text_of(model->model),
                "Security DOI:", text_of(model->doi));
    if (!domain.id()) co_return;
    protocol::DomainGetSecurityLabelArgs args{domain.handle()};
    auto label = co_await daemon->call(protocol::domain_get_security_label, args);
    if (auto text = text_of(label.label); !text.empty())
        shell.print("{:<15} {} ({})\n", "Security label:", text,
                    label.enforcing ? "enforcing" : "permissive");
}

awaitable<void> dominfo(Shell& shell, const Arguments& arguments) {
    auto domain = co_await shell.domain_of(arguments);
    auto line = [&](std::string_view name, const auto& value) { shell.print("{:<15} {}\n", name, value); };
    line("Id:", id_text(domain));
    line("Name:", domain.name());
    line("UUID:", domain.uuid().text());
    if (auto os = co_await if_supported(domain.os_type())) line("OS Type:", os->type);
    auto info = co_await domain.info();
    line("State:", state_name(info.state));
    line("CPU(s):", info.nr_virt_cpu);
    if (info.cpu_time != 0)
        line("CPU time:", fmt::format("{:.1f}s", static_cast<double>(info.cpu_time) / 1e9));
    line("Max memory:", info.max_mem == std::numeric_limits<std::uint32_t>::max()
                            ? "no limit"
                            : fmt::format("{} KiB", info.max_mem));
    line("Used memory:", fmt::format("{} KiB", info.memory));
    auto kept = co_await domain.is_persistent();
    line("Persistent:", kept.persistent ? "yes" : "no");
    if (auto marked = co_await if_supported(domain.autostart()))
        line("Autostart:", marked->autostart ? "enable" : "disable");
    auto saved = co_await if_supported(domain.has_managed_save());
    line("Managed save:", !saved ? "unknown" : *saved ? "yes" : "no");
    co_await print_security(shell, domain);
    auto messages = co_await if_supported(domain.messages());
    std::string_view title = "Messages:";
    for (const auto& message : messages.value_or(std::vector<std::string>{}))
        line(std::exchange(title, ""), message);
}
} // namespace

Group monitor_commands() {
    return {"Domain Monitoring",
            "monitor",
            {
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
            }};
}

} // namespace vireo::cli
