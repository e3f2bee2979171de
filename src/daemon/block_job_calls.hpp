// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain_devices.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Work on the disks of running guests.
class BlockJobCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<void> resize(Session& session, protocol::DomainBlockResizeArgs args);
    awaitable<void> set_threshold(Session& session, protocol::DomainSetBlockThresholdArgs args);
    awaitable<void> pull(Session& session, protocol::DomainBlockPullArgs args);
    awaitable<void> rebase(Session& session, protocol::DomainBlockRebaseArgs args);
    awaitable<protocol::DomainGetBlockJobInfoRet> info(Session& session,
                                                       protocol::DomainGetBlockJobInfoArgs args);
    awaitable<void> set_speed(Session& session, protocol::DomainBlockJobSetSpeedArgs args);
    awaitable<void> abort(Session& session, protocol::DomainBlockJobAbortArgs args);
};

} // namespace vireo::daemon
