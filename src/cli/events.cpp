// SPDX-License-Identifier: Apache-2.0
// The command that waits for events.
#include "async/task_group.hpp"
#include "cli/event_kinds.hpp"
#include "cli/shell.hpp"
#include "protocol/domain_events.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <ctime>

namespace vireo::cli {

namespace {
using enum OptionKind;

/// One run of the command: what was seen, and why it ended.
struct Watch {
    Shell& shell;
    asio::steady_timer ended; ///< expires with the timeout; cancelled by what ends it earlier
    bool loop, timestamp;
    int seen = 0;
    bool stopped = false, interrupted = false;
    void stop() {
        stopped = true;
        ended.cancel();
    }
};

/// "2026-11-20 16:07:32.003+0000: "
std::string now_text() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    tm utc{};
    ::gmtime_r(&now.tv_sec, &utc);
    char text[32];
    auto length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &utc);
    return fmt::format("{}.{:03}+0000: ", std::string_view{text, length}, now.tv_nsec / 1'000'000);
}

void show(Watch& watch, std::string_view kind, const protocol::DomainHandle& domain,
          const std::string& details) {
    if (watch.stopped) return;
    watch.shell.print("{}event '{}' for domain '{}'{}\n", watch.timestamp ? now_text() : "", kind,
                      domain.name, details);
    watch.shell.flush();
    ++watch.seen;
    if (!watch.loop) watch.stop();
}

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

awaitable<void> watch_interrupt(std::shared_ptr<Watch> watch) {
    asio::signal_set signals{co_await asio::this_coro::executor, SIGINT, SIGTERM};
    co_await signals.async_wait(asio::use_awaitable);
    watch->interrupted = true;
    watch->stop();
}

awaitable<void> watch_connection(std::shared_ptr<Watch> watch, std::shared_ptr<client::Connection> daemon) {
    co_await daemon->wait_closed();
    watch->stop();
}

void print_list(Shell& shell) {
    for (const auto& kind : event_kinds()) shell.print("{}\n", kind.name);
}

awaitable<void> event(Shell& shell, const Arguments& arguments) {
    if (arguments.has("list")) co_return print_list(shell);
    arguments.exclude("all", "event");
    bool all = arguments.has("all");
    if (!all && !arguments.has("event"))
        throw usage_error("one of the options --list, --all and --event is needed");
    auto kinds = wanted_kinds(arguments);
    auto timeout = arguments.number("timeout", 1);
    auto executor = co_await asio::this_coro::executor;
    auto daemon = co_await shell.connection();
    std::optional<protocol::DomainHandle> domain;
    if (auto name = arguments.optional_text("domain")) domain = (co_await shell.find_domain(*name)).handle();

    asio::steady_timer ended{executor, asio::steady_timer::time_point::max()};
    auto watch =
        std::make_shared<Watch>(shell, std::move(ended), arguments.has("loop"), arguments.has("timestamp"));
    std::vector<std::int32_t> subscriptions;
    for (auto kind : kinds) {
        const auto& entry = event_kinds()[static_cast<std::size_t>(kind)];
        entry.listen(*daemon, [watch, name = entry.name](const auto& of, const auto& details) {
            show(*watch, name, of, details);
        });
        auto subscription = co_await subscribe(daemon, kind, domain, all);
        if (subscription) subscriptions.push_back(*subscription);
    }
    if (timeout) watch->ended.expires_after(std::chrono::seconds{*timeout});
    async::TaskGroup enders{executor};
    enders.spawn(watch_interrupt(watch));
    enders.spawn(watch_connection(watch, daemon));
    if (!watch->stopped) co_await watch->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await enders.stop();

    if (watch->interrupted)
        shell.print("event loop interrupted\n");
    else if (!watch->stopped)
        shell.print("event loop timed out\n");
    watch->stopped = true; // what still comes is not shown
    shell.print("events received: {}\n", watch->seen);
    for (auto subscription : subscriptions) {
        protocol::ConnectDomainEventCallbackDeregisterAnyArgs args{subscription};
        co_await daemon->call(protocol::connect_domain_event_callback_deregister_any, args);
    }
    if (watch->seen == 0) shell.mark_failed();
}
} // namespace

Group event_commands() {
    return {"Events",
            "events",
            {{"event",
              "wait for events of domains",
              "Shows events as they come, or the kinds that there are.",
              {{"domain", Text, "only those of this domain (name, id or UUID)"},
               {"event", Text, "only those of this kind"},
               {"all", Flag, "all kinds"},
               {"loop", Flag, "go on after the first one, until the timeout or ^C"},
               {"timeout", Number, "give up after this many seconds"},
               {"list", Flag, "show the kinds"},
               {"timestamp", Flag, "begin each line with the time"}},
              event}}};
}

} // namespace vireo::cli
