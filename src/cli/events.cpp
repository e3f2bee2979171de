// SPDX-License-Identifier: Apache-2.0
// The command that waits for events.
#include "cli/event_kinds.hpp"
#include "cli/watch.hpp"
#include "protocol/domain_events.hpp"

namespace vireo::cli {

namespace {
using enum OptionKind;

/// The numbers of the kinds that were asked for.
std::vector<std::int32_t> wanted_kinds(const Arguments& arguments) {
    auto kinds = event_kinds();
    std::vector<std::int32_t> wanted;
    auto name = arguments.optional_text("event");
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (!name || kinds[i].name == *name) wanted.push_back(static_cast<std::int32_t>(i));
    if (wanted.empty())
        throw usage_error(
            fmt::format("there is no kind of event '{}'; option --list shows all kinds", name.value_or("")));
    return wanted;
}

/// Asks for events of one kind. With `optional`, a daemon that does not know the kind is no error.
awaitable<std::optional<std::int32_t>> subscribe(std::shared_ptr<client::Connection> daemon,
                                                 std::int32_t kind,
                                                 std::optional<protocol::DomainHandle> domain,
                                                 bool optional) {
    protocol::ConnectDomainEventCallbackRegisterAnyArgs args{kind, std::move(domain)};
    try {
        auto answer = co_await daemon->call(protocol::connect_domain_event_callback_register_any, args);
        co_return answer.callback_id;
    } catch (const Error& error) {
        bool unknown = error.code == ErrorCode::NoSupport || error.code == ErrorCode::InvalidArgument ||
                       error.code == ErrorCode::ArgumentUnsupported;
        if (!optional || !unknown) throw;
    }
    co_return std::nullopt;
}

void show_list(Shell& shell) {
    std::vector<std::string> names;
    for (const auto& kind : event_kinds()) names.emplace_back(kind.name);
    shell.show("kinds", names, fmt::format("{}\n", fmt::join(names, "\n")));
}

/// What follows the domain's name in the line, without what joins them.
std::string_view bare(std::string_view details) {
    auto start = details.find_first_not_of(": \n\t");
    return start == details.npos ? std::string_view{} : details.substr(start);
}

void take_event(Watch& watch, std::string_view kind, const protocol::DomainHandle& domain,
                const std::string& details) {
    Record record;
    record.add("event", kind, "").add("domain", domain.name, "").add("uuid", domain.uuid.text(), "");
    record.add("details", bare(details), "");
    watch.take(fmt::format("event '{}' for domain '{}'{}", kind, domain.name, details), std::move(record));
}

awaitable<void> event(Shell& shell, const Arguments& arguments) {
    if (arguments.has("list")) co_return show_list(shell);
    arguments.exclude("all", "event");
    bool all = arguments.has("all");
    if (!all && !arguments.has("event"))
        throw usage_error("one of the options --list, --all and --event is needed");
    auto kinds = wanted_kinds(arguments);
    auto watch = std::make_shared<Watch>(shell, co_await asio::this_coro::executor, arguments);
    auto daemon = co_await shell.connection();
    std::optional<protocol::DomainHandle> domain;
    if (auto name = arguments.optional_text("domain")) domain = (co_await shell.find_domain(*name)).handle();

    std::vector<std::int32_t> subscriptions;
    for (auto kind : kinds) {
        const auto& entry = event_kinds()[static_cast<std::size_t>(kind)];
        entry.listen(*daemon, [watch, name = entry.name](const auto& of, const auto& details) {
            take_event(*watch, name, of, details);
        });
        auto subscription = co_await subscribe(daemon, kind, domain, all);
        if (subscription) subscriptions.push_back(*subscription);
    }
    co_await watch->run(daemon);
    for (auto subscription : subscriptions) {
        protocol::ConnectDomainEventCallbackDeregisterAnyArgs args{subscription};
        co_await daemon->call(protocol::connect_domain_event_callback_deregister_any, args);
    }
}
} // namespace

Group event_commands() {
    return {"Events",
            "events",
            {{"event",
              "wait for events of domains",
              "Shows events as they come, or the kinds that there are.",
              {{"domain", Text, "only those of this domain (name, id or UUID)", Completes::Domain},
               {"event", Text, "only those of this kind", Completes::EventKind},
               {"all", Flag, "all kinds"},
               {"loop", Flag, "go on after the first one, until the timeout or ^C"},
               {"timeout", Number, "give up after this many seconds"},
               {"list", Flag, "show the kinds"},
               {"timestamp", Flag, "begin each line with the time"}},
              event}}};
}

} // namespace vireo::cli
