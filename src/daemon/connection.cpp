// SPDX-License-Identifier: Apache-2.0
#include "daemon/connection.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "protocol/domain_events.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::daemon {

namespace {
constexpr log::Source log{"daemon"};

/// virDomainEventID: kinds that have a registration. Those that no driver reports yet are registered all the
/// same, as clients ask for all of them at once.
constexpr std::int32_t lifecycle_kind = 0, reboot_kind = 1, kind_count = 27;
/// Of one connection: enough for every kind of event of many domains, and no way to fill our memory.
constexpr std::size_t most_registrations = 8192;

std::int32_t kind_of(const hypervisor::DomainEvent& event) {
    if (std::holds_alternative<hypervisor::DomainLifecycle>(event.what)) return lifecycle_kind;
    return std::holds_alternative<hypervisor::DomainReboot>(event.what) ? reboot_kind : kind_count;
}
} // namespace

awaitable<void> Connection::wind_up() {
    subscription_.reset();
    for (auto [uuid, id] : std::exchange(autodestroy_, {})) {
        auto domain = driver_.domains().find(uuid);
        if (!domain || domain->id != id) continue;
        try {
            co_await driver_.destroy(uuid, domain->name, false);
        } catch (const std::exception& failure) {
            log.error("{}: cannot be ended with its client's connection: {}", domain->name, failure.what());
        }
    }
}

std::int32_t Connection::register_event(std::int32_t kind, bool numbered, std::optional<Uuid> domain) {
    if (kind < 0 || kind >= kind_count)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc,
                    fmt::format("there is no domain event {}", kind));
    auto is_same = [&](const auto& each) { return !each.numbered && each.kind == kind; };
    if (!numbered && std::ranges::any_of(registrations_, is_same))
        throw Error(ErrorCode::InternalError, ErrorDomain::Rpc,
                    fmt::format("this connection hears domain event {} already", kind));
    if (registrations_.size() >= most_registrations)
        throw Error(
            ErrorCode::OperationFailed, ErrorDomain::Rpc,
            fmt::format("a connection has {} event callbacks at most: deregister some", most_registrations));
    auto callback = next_callback_++;
    registrations_.push_back({callback, kind, numbered, domain});
    subscribe_or_not();
    return callback;
}

void Connection::deregister_numbered(std::int32_t callback) {
    auto gone = std::erase_if(registrations_,
                              [&](const auto& each) { return each.numbered && each.callback == callback; });
    if (gone == 0)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc,
                    fmt::format("no event callback {} is registered", callback));
    subscribe_or_not();
}

void Connection::deregister_kind(std::int32_t kind) {
    auto found = std::ranges::find_if(registrations_,
                                      [&](const auto& each) { return !each.numbered && each.kind == kind; });
    if (found == registrations_.end())
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc,
                    fmt::format("domain event {} is not registered", kind));
    registrations_.erase(found);
    subscribe_or_not();
}

void Connection::subscribe_or_not() {
    if (registrations_.empty())
        subscription_.reset();
    else if (!subscription_)
        subscription_ =
            driver_.events().subscribe([this](const hypervisor::DomainEvent& event) { relay(event); });
}

void Connection::relay(const hypervisor::DomainEvent& event) {
    for (const auto& registration : registrations_)
        if (registration.kind == kind_of(event) &&
            (!registration.domain || *registration.domain == event.uuid))
            send(registration, event);
}

void Connection::send(const Registration& registration, const hypervisor::DomainEvent& event) {
    protocol::DomainHandle domain{event.name, event.uuid, event.id};
    if (const auto* lifecycle = std::get_if<hypervisor::DomainLifecycle>(&event.what)) {
        protocol::DomainEventLifecycleMsg message{domain, static_cast<std::int32_t>(lifecycle->event),
                                                  lifecycle->detail};
        if (!registration.numbered) return session_.send_event(protocol::domain_event_lifecycle, message);
        protocol::DomainEventCallbackLifecycleMsg numbered{registration.callback, message};
        session_.send_event(protocol::domain_event_callback_lifecycle, numbered);
    } else {
        protocol::DomainEventRebootMsg message{domain};
        if (!registration.numbered) return session_.send_event(protocol::domain_event_reboot, message);
        protocol::DomainEventCallbackRebootMsg numbered{registration.callback, message};
        session_.send_event(protocol::domain_event_callback_reboot, numbered);
    }
}

Connection& connection_of(rpc::Session& session) {
    if (auto* connection = dynamic_cast<Connection*>(session.data())) return *connection;
    throw Error(ErrorCode::InternalError, ErrorDomain::Rpc, "the connection has not opened a hypervisor yet");
}

hypervisor::DomainSnapshotPtr require_domain(rpc::Session& session, const protocol::DomainHandle& handle) {
    return driver_of(session).domains().require(handle.uuid, handle.name);
}

protocol::DomainHandle handle_of(const hypervisor::DomainSnapshot& domain) {
    return {domain.name, domain.uuid, domain.id};
}

void check_flags(std::uint32_t flags, std::uint32_t allowed, std::string_view call) {
    if (auto unknown = flags & ~allowed)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Domain,
                    fmt::format("unsupported flags ({:#x}) in function {}", unknown, call));
}

} // namespace vireo::daemon
