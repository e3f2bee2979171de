// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain.hpp"
#include "protocol/domain_tuning.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// What of a domain is read and changed by calls of its own: texts about it, memory, vcpus.
class SettingCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<protocol::DomainGetMetadataRet> metadata(Session& session,
                                                       protocol::DomainGetMetadataArgs args);
    awaitable<void> set_metadata(Session& session, protocol::DomainSetMetadataArgs args);
    awaitable<void> set_max_memory(Session& session, protocol::DomainSetMaxMemoryArgs args);
    awaitable<void> set_memory(Session& session, protocol::DomainSetMemoryArgs args);
    awaitable<void> set_memory_flags(Session& session, protocol::DomainSetMemoryFlagsArgs args);
    awaitable<void> set_statistics_period(Session& session, protocol::DomainSetMemoryStatsPeriodArgs args);
    awaitable<void> set_vcpus(Session& session, protocol::DomainSetVcpusArgs args);
    awaitable<void> set_vcpus_flags(Session& session, protocol::DomainSetVcpusFlagsArgs args);
    awaitable<void> pin_vcpu(Session& session, protocol::DomainPinVcpuArgs args);
    awaitable<void> pin_vcpu_flags(Session& session, protocol::DomainPinVcpuFlagsArgs args);
    awaitable<void> pin_emulator(Session& session, protocol::DomainPinEmulatorArgs args);
    awaitable<void> pin_iothread(Session& session, protocol::DomainPinIothreadArgs args);
    awaitable<protocol::DomainGetVcpusFlagsRet> vcpus(Session& session,
                                                      protocol::DomainGetVcpusFlagsArgs args);
};

} // namespace vireo::daemon
