// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/driver.hpp"
#include "protocol/common.hpp"
#include "rpc/session.hpp"

#include <map>
#include <optional>
#include <vector>

namespace vireo::daemon {

/// The drivers of this daemon, by the scheme of the URI that opens them ("qemu").
using Drivers = std::map<std::string, hypervisor::Driver*, std::less<>>;

/// What a session has opened: its driver, and what it wants to hear of it.
class Connection final : public rpc::SessionData {
public:
    Connection(rpc::Session& session, hypervisor::Driver& driver) : session_{session}, driver_{driver} {}

    hypervisor::Driver& driver() { return driver_; }

    /// Registers for a kind of event (virDomainEventID). With a callback number each message carries it;
    /// without (the two older families) there is one registration of a kind. Returns the number.
    std::int32_t register_event(std::int32_t kind, bool numbered, std::optional<Uuid> domain);
    /// Throws InvalidArgument when there is no such registration.
    void deregister_numbered(std::int32_t callback);
    void deregister_kind(std::int32_t kind);

    /// A guest that goes with this connection; `id` tells its run from a later one.
    void destroy_at_end(const Uuid& domain, std::int32_t id) { autodestroy_.emplace_back(domain, id); }
    /// Ends the guests that go with this connection.
    awaitable<void> wind_up() override;

private:
    struct Registration {
        std::int32_t callback, kind;
        bool numbered;
        std::optional<Uuid> domain;
    };
    void relay(const hypervisor::DomainEvent& event);
    void send(const Registration& registration, const hypervisor::DomainEvent& event);
    void subscribe_or_not();

    rpc::Session& session_;
    hypervisor::Driver& driver_;
    std::vector<Registration> registrations_;
    std::int32_t next_callback_ = 1;
    hypervisor::EventHub::Subscription subscription_;
    std::vector<std::pair<Uuid, std::int32_t>> autodestroy_;
};

/// The connection that the session has opened. Throws InternalError when it has not opened one.
Connection& connection_of(rpc::Session& session);
inline hypervisor::Driver& driver_of(rpc::Session& session) { return connection_of(session).driver(); }

/// The domain that a handle of the wire means: its uuid counts, name and id are hints.
hypervisor::DomainSnapshotPtr require_domain(rpc::Session& session, const protocol::DomainHandle& handle);
protocol::DomainHandle handle_of(const hypervisor::DomainSnapshot& domain);

/// Throws InvalidArgument when `flags` has bits outside of `allowed`. `call` is the public function's name.
void check_flags(std::uint32_t flags, std::uint32_t allowed, std::string_view call);

} // namespace vireo::daemon
