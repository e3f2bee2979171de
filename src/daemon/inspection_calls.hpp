// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain_devices.hpp"
#include "protocol/domain_guest.hpp"
#include "protocol/domain_tuning.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// A close look at a domain: bytes of its memory and disks, the threads of its disks, its labels.
class InspectionCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<protocol::DomainMemoryPeekRet> memory(Session& session, protocol::DomainMemoryPeekArgs args);
    awaitable<protocol::DomainBlockPeekRet> disk(Session& session, protocol::DomainBlockPeekArgs args);
    awaitable<protocol::DomainGetIothreadInfoRet> iothreads(Session& session,
                                                            protocol::DomainGetIothreadInfoArgs args);
    awaitable<protocol::DomainGetVcpuPinInfoRet> vcpu_pins(Session& session,
                                                           protocol::DomainGetVcpuPinInfoArgs args);
    awaitable<protocol::DomainGetEmulatorPinInfoRet>
    emulator_pin(Session& session, protocol::DomainGetEmulatorPinInfoArgs args);
    protocol::DomainGetSecurityLabelListRet labels(Session& session,
                                                   protocol::DomainGetSecurityLabelListArgs args);
};

} // namespace vireo::daemon
