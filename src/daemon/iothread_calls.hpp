// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain_tuning.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Threads for a domain's disks that come, go and are tuned.
class IoThreadCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<void> add(Session& session, protocol::DomainAddIothreadArgs args);
    awaitable<void> remove(Session& session, protocol::DomainDelIothreadArgs args);
    awaitable<void> set(Session& session, protocol::DomainSetIothreadParamsArgs args);
};

} // namespace vireo::daemon
