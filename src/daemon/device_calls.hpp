// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain_devices.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Devices that are attached to a domain, taken from it or replaced in it.
class DeviceCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<void> attach(Session& session, protocol::DomainAttachDeviceArgs args);
    awaitable<void> attach_flags(Session& session, protocol::DomainAttachDeviceFlagsArgs args);
    awaitable<void> detach(Session& session, protocol::DomainDetachDeviceArgs args);
    awaitable<void> detach_flags(Session& session, protocol::DomainDetachDeviceFlagsArgs args);
    awaitable<void> detach_alias(Session& session, protocol::DomainDetachDeviceAliasArgs args);
    awaitable<void> update(Session& session, protocol::DomainUpdateDeviceFlagsArgs args);
};

} // namespace vireo::daemon
