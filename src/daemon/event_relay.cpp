// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_relay.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "daemon/event_messages.hpp"
#include "protocol/qemu.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vireo::daemon {

namespace {
constexpr log::Source log{"daemon"};
/// Of one connection: enough for every kind of event of many domains, and no way to fill our memory.
constexpr std::size_t most_registrations = 1024;

const DomainEventKind& require_kind(std::int32_t kind) {
    auto kinds = domain_event_kinds();
    if (kind < 0 || static_cast<std::size_t>(kind) >= kinds.size())
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc,
                    fmt::format("there is no domain event {}", kind));
    return kinds[static_cast<std::size_t>(kind)];
}

/// How many kinds each source has (virNetworkEventID and its like).
std::int32_t kinds_of(EventSource source) { return source == EventSource::Network ? 1 : 2; }
} // namespace

std::int32_t EventRelay::add(std::variant<Domain, Unnumbered, Monitor, Other> what) {
    if (registrations_.size() >= most_registrations)
        throw Error(
            ErrorCode::OperationFailed, ErrorDomain::Rpc,
            fmt::format("a connection has {} event callbacks at most: deregister some", most_registrations));
    registrations_.push_back({next_callback_, std::move(what)});
    subscribe_or_not();
    return next_callback_++;
}

std::int32_t EventRelay::register_domain(std::int32_t kind, std::optional<Uuid> domain) {
    require_kind(kind);
    return add(Domain{kind, domain});
}

void EventRelay::register_unnumbered(std::int32_t kind) {
    if (require_kind(kind).tell == nullptr)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc,
                    fmt::format("domain event {} is told only to numbered callbacks", kind));
    if (count_unnumbered(kind) > 0)
        throw Error(ErrorCode::InternalError, ErrorDomain::Rpc,
                    fmt::format("this connection hears domain event {} already", kind));
    add(Unnumbered{kind});
}

std::int32_t EventRelay::register_monitor(MonitorEventFilter filter, std::optional<Uuid> domain) {
    return add(Monitor{std::move(filter), domain});
}

std::int32_t EventRelay::register_other(EventSource source, std::int32_t kind) {
    if (kind < 0 || kind >= kinds_of(source))
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc, fmt::format("there is no event {}", kind));
    return add(Other{source, kind});
}

/// Removes the registration that `matches`; `number` is what the client calls it.
void EventRelay::remove(auto matches, std::int32_t number) {
    auto found = std::ranges::find_if(registrations_, matches);
    if (found == registrations_.end())
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc,
                    fmt::format("no event callback {} is registered", number));
    registrations_.erase(found);
    subscribe_or_not();
}

void EventRelay::deregister_domain(std::int32_t callback) {
    remove(
        [&](const auto& each) {
            return each.callback == callback && std::holds_alternative<Domain>(each.what);
        },
        callback);
}

void EventRelay::deregister_monitor(std::int32_t callback) {
    remove(
        [&](const auto& each) {
            return each.callback == callback && std::holds_alternative<Monitor>(each.what);
        },
        callback);
}

void EventRelay::deregister_other(EventSource source, std::int32_t callback) {
    auto matches = [&](const Registration& each) {
        const auto* other = std::get_if<Other>(&each.what);
        return each.callback == callback && other != nullptr && other->source == source;
    };
    remove(matches, callback);
}

void EventRelay::deregister_unnumbered(std::int32_t kind) {
    auto matches = [&](const Registration& each) {
        const auto* unnumbered = std::get_if<Unnumbered>(&each.what);
        return unnumbered != nullptr && unnumbered->kind == kind;
    };
    remove(matches, kind);
}

std::int32_t EventRelay::count_unnumbered(std::int32_t kind) const {
    auto matches = [&](const Registration& each) {
        const auto* unnumbered = std::get_if<Unnumbered>(&each.what);
        return unnumbered != nullptr && unnumbered->kind == kind;
    };
    return static_cast<std::int32_t>(std::ranges::count_if(registrations_, matches));
}

void EventRelay::stop() {
    registrations_.clear();
    subscribe_or_not();
}

template <class What> bool EventRelay::has() const {
    return std::ranges::any_of(registrations_,
                               [](const auto& each) { return std::holds_alternative<What>(each.what); });
}

void EventRelay::subscribe_or_not() {
    if (!has<Domain>() && !has<Unnumbered>())
        domain_events_.reset();
    else if (!domain_events_)
        domain_events_ =
            driver_.events().subscribe([this](const hypervisor::DomainEvent& event) { relay(event); });
    if (!has<Monitor>())
        monitor_events_.reset();
    else if (!monitor_events_)
        monitor_events_ = driver_.monitor_events().subscribe(
            [this](const hypervisor::MonitorEvent& event) { relay(event); });
}

/// A message that cannot be made (a driver's text that is longer than any of the wire) is nobody's but ours
/// to know of: others hear the event all the same.
void EventRelay::relay(const hypervisor::DomainEvent& event) {
    for (const auto& registration : registrations_) try {
            tell(registration, event);
        } catch (const std::exception& failure) {
            log.error("{}: an event cannot be told: {}", event.name, failure.what());
        }
}

void EventRelay::tell(const Registration& registration, const hypervisor::DomainEvent& event) {
    auto tells_of = [&](std::int32_t kind) { return require_kind(kind).what == event.what.index(); };
    if (const auto* numbered = std::get_if<Domain>(&registration.what)) {
        if (tells_of(numbered->kind) && (!numbered->domain || *numbered->domain == event.uuid))
            require_kind(numbered->kind).tell_numbered(session_, registration.callback, event);
    } else if (const auto* unnumbered = std::get_if<Unnumbered>(&registration.what)) {
        if (tells_of(unnumbered->kind)) require_kind(unnumbered->kind).tell(session_, event);
    }
}

void EventRelay::relay(const hypervisor::MonitorEvent& event) {
    for (const auto& registration : registrations_) {
        const auto* monitor = std::get_if<Monitor>(&registration.what);
        if (monitor == nullptr || (monitor->domain && *monitor->domain != event.uuid) ||
            !monitor->filter.matches(event.event))
            continue;
        protocol::QemuDomainMonitorEventMsg message;
        message.callback_id = registration.callback;
        message.dom = {event.name, event.uuid, event.id};
        message.event = event.event;
        message.seconds = event.seconds;
        message.micros = event.micros;
        message.details = event.details;
        try {
            session_.send_event(protocol::qemu_domain_monitor_event, message);
        } catch (const std::exception& failure) {
            log.error("{}: {} cannot be told: {}", event.name, event.event, failure.what());
        }
    }
}

} // namespace vireo::daemon
