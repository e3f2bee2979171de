// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain.hpp"
#include "protocol/domain_devices.hpp"
#include "protocol/domain_guest.hpp"
#include "protocol/domain_tuning.hpp"
#include "protocol/migration.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// The older calls for single figures of a running guest, answered from what `hypervisor::Driver::statistics`
/// tells; and how its jobs and its hypervisor are.
class StatisticsCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<protocol::DomainMemoryStatsRet> memory(Session& session, protocol::DomainMemoryStatsArgs args);
    protocol::DomainGetCpuStatsRet processor(Session& session, protocol::DomainGetCpuStatsArgs args);
    awaitable<protocol::DomainGetVcpusRet> vcpus(Session& session, protocol::DomainGetVcpusArgs args);
    awaitable<protocol::DomainInterfaceStatsRet> interface(Session& session,
                                                           protocol::DomainInterfaceStatsArgs args);
    awaitable<protocol::DomainBlockStatsRet> block(Session& session, protocol::DomainBlockStatsArgs args);
    awaitable<protocol::DomainBlockStatsFlagsRet> block_flags(Session& session,
                                                              protocol::DomainBlockStatsFlagsArgs args);
    awaitable<protocol::DomainGetBlockInfoRet> block_sizes(Session& session,
                                                           protocol::DomainGetBlockInfoArgs args);
    awaitable<protocol::DomainGetDiskErrorsRet> disk_faults(Session& session,
                                                            protocol::DomainGetDiskErrorsArgs args);
    protocol::DomainGetJobInfoRet job(Session& session, protocol::DomainGetJobInfoArgs args);
    protocol::DomainGetJobStatsRet job_statistics(Session& session, protocol::DomainGetJobStatsArgs args);
    protocol::DomainGetControlInfoRet control(Session& session, protocol::DomainGetControlInfoArgs args);
};

} // namespace vireo::daemon
