// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain_guest.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// What is done to a running guest and asked of it: keys, screen, channels, its agent.
class GuestCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<void> send_key(Session& session, protocol::DomainSendKeyArgs args);
    awaitable<void> inject_nmi(Session& session, protocol::DomainInjectNmiArgs args);
    awaitable<protocol::DomainScreenshotRet> screenshot(Session& session, protocol::Header call,
                                                        protocol::DomainScreenshotArgs args);
    awaitable<void> open_channel(Session& session, protocol::Header call,
                                 protocol::DomainOpenChannelArgs args);
    awaitable<void> pm_suspend(Session& session, protocol::DomainPmSuspendForDurationArgs args);
    awaitable<void> pm_wakeup(Session& session, protocol::DomainPmWakeupArgs args);
    awaitable<protocol::DomainGetHostnameRet> hostname(Session& session,
                                                       protocol::DomainGetHostnameArgs args);
    awaitable<protocol::DomainGetTimeRet> time(Session& session, protocol::DomainGetTimeArgs args);
    awaitable<void> set_time(Session& session, protocol::DomainSetTimeArgs args);
    awaitable<protocol::DomainInterfaceAddressesRet>
    interface_addresses(Session& session, protocol::DomainInterfaceAddressesArgs args);
    awaitable<protocol::DomainAgentSetResponseTimeoutRet>
    set_agent_patience(Session& session, protocol::DomainAgentSetResponseTimeoutArgs args);
};

} // namespace vireo::daemon
