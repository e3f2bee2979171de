// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/event_relay.hpp"
#include "hypervisor/driver.hpp"
#include "protocol/common.hpp"
#include "rpc/session.hpp"

#include <map>
#include <optional>
#include <vector>

namespace vireo::daemon {

/// The version of libvirt whose protocol and answers these are: major * 1,000,000 + minor * 1,000 + release.
inline constexpr std::uint64_t compatible_version = 9'000'000;

/// The drivers of this daemon, by the scheme of the URI that opens them ("qemu").
using Drivers = std::map<std::string, hypervisor::Driver*, std::less<>>;

/// What a session has opened: its driver, what it wants to hear of it, and what ends with it.
class Connection final : public rpc::SessionData {
public:
    Connection(rpc::Session& session, hypervisor::Driver& driver)
        : driver_{driver}, events_{session, driver} {}

    hypervisor::Driver& driver() { return driver_; }

    EventRelay& events() { return events_; }
    /// Whether the client has a callback for the loss of the hypervisor: one at most. Throws InternalError
    /// for a second one, and when there is none to take back.
    void hear_of_close(bool hear);

    /// A guest that goes with this connection; `id` tells its run from a later one.
    void destroy_at_end(const Uuid& domain, std::int32_t id) { autodestroy_.emplace_back(domain, id); }
    /// Ends the guests that go with this connection.
    awaitable<void> wind_up() override;

private:
    hypervisor::Driver& driver_;
    EventRelay events_;
    bool hears_of_close_ = false;
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
