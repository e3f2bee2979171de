// SPDX-License-Identifier: Apache-2.0
#include "daemon/connection.hpp"

#include "base/error.hpp"
#include "base/log.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
constexpr log::Source log{"daemon"};
} // namespace

awaitable<void> Connection::wind_up() {
    events_.stop();
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

void Connection::hear_of_close(bool hear) {
    if (hears_of_close_ == hear)
        throw Error(ErrorCode::InternalError, ErrorDomain::Rpc,
                    hear ? "this connection has a close callback already"
                         : "this connection has no close callback");
    hears_of_close_ = hear;
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
