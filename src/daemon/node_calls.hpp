// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/connect.hpp"
#include "protocol/domain.hpp"
#include "protocol/node.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// The host: its processors, memory and firmware, and what its emulators and CPUs are good for.
class NodeCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<protocol::NodeGetCpuStatsRet> cpu_stats(Session& session, protocol::NodeGetCpuStatsArgs args);
    awaitable<protocol::NodeGetMemoryStatsRet> memory_stats(Session& session,
                                                            protocol::NodeGetMemoryStatsArgs args);
    awaitable<protocol::NodeGetMemoryParametersRet>
    memory_parameters(Session& session, protocol::NodeGetMemoryParametersArgs args);
    awaitable<void> set_memory_parameters(Session& session, protocol::NodeSetMemoryParametersArgs args);
    awaitable<protocol::NodeGetCpuMapRet> cpu_map(Session& session, protocol::NodeGetCpuMapArgs args);
    awaitable<protocol::NodeGetFreeMemoryRet> free_memory(Session& session);
    awaitable<protocol::NodeGetCellsFreeMemoryRet>
    cells_free_memory(Session& session, protocol::NodeGetCellsFreeMemoryArgs args);
    awaitable<protocol::NodeGetFreePagesRet> free_pages(Session& session,
                                                        protocol::NodeGetFreePagesArgs args);
    awaitable<protocol::NodeAllocPagesRet> allocate_pages(Session& session,
                                                          protocol::NodeAllocPagesArgs args);
    awaitable<protocol::ConnectGetSysinfoRet> sysinfo(Session& session, protocol::ConnectGetSysinfoArgs args);
    protocol::NodeGetSevInfoRet sev_info(Session& session, protocol::NodeGetSevInfoArgs args);
    void suspend(Session& session, protocol::NodeSuspendForDurationArgs args);

    awaitable<protocol::ConnectGetDomainCapabilitiesRet>
    domain_capabilities(Session& session, protocol::ConnectGetDomainCapabilitiesArgs args);
    protocol::ConnectGetCpuModelNamesRet cpu_models(Session& session,
                                                    protocol::ConnectGetCpuModelNamesArgs args);
    awaitable<protocol::ConnectCompareCpuRet> compare_cpu(Session& session,
                                                          protocol::ConnectCompareCpuArgs args);
    awaitable<protocol::ConnectCompareHypervisorCpuRet>
    compare_hypervisor_cpu(Session& session, protocol::ConnectCompareHypervisorCpuArgs args);
    awaitable<protocol::ConnectBaselineCpuRet> baseline_cpu(Session& session,
                                                            protocol::ConnectBaselineCpuArgs args);
    awaitable<protocol::ConnectBaselineHypervisorCpuRet>
    baseline_hypervisor_cpu(Session& session, protocol::ConnectBaselineHypervisorCpuArgs args);
};

} // namespace vireo::daemon
