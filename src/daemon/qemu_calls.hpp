// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/qemu.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// The qemu program: commands for a guest's monitor and agent as they are, and what monitors tell.
class QemuCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<protocol::QemuDomainMonitorCommandRet>
    monitor_command(Session& session, protocol::QemuDomainMonitorCommandArgs args);
    awaitable<protocol::QemuDomainMonitorCommandWithFilesRet>
    monitor_command_with_files(Session& session, protocol::QemuDomainMonitorCommandWithFilesArgs args,
                               std::vector<Fd> files);
    awaitable<protocol::QemuDomainAgentCommandRet> agent_command(Session& session,
                                                                 protocol::QemuDomainAgentCommandArgs args);
    protocol::QemuConnectDomainMonitorEventRegisterRet
    register_event(Session& session, protocol::QemuConnectDomainMonitorEventRegisterArgs args);
    void deregister_event(Session& session, protocol::QemuConnectDomainMonitorEventDeregisterArgs args);
};

} // namespace vireo::daemon
