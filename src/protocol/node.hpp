// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: the host.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct NodeGetInfoRet {
    std::array<char, 32> model{};
    std::uint64_t memory{};
    std::int32_t cpus{}, mhz{}, nodes{}, sockets{}, cores{}, threads{};
};
inline constexpr Procedure<Nothing, NodeGetInfoRet> node_get_info{Program::Remote, 6, "NODE_GET_INFO",
                                                                  "connect:read"};

struct NodeGetCellsFreeMemoryArgs {
    std::int32_t start_cell{};
    std::int32_t maxcells{};
};
struct NodeGetCellsFreeMemoryRet {
    List<std::uint64_t, 1024> cells;
};
inline constexpr Procedure<NodeGetCellsFreeMemoryArgs, NodeGetCellsFreeMemoryRet> node_get_cells_free_memory{
    Program::Remote, 101, "NODE_GET_CELLS_FREE_MEMORY", "connect:read"};

struct NodeGetFreeMemoryRet {
    std::uint64_t free_mem{};
};
inline constexpr Procedure<Nothing, NodeGetFreeMemoryRet> node_get_free_memory{
    Program::Remote, 102, "NODE_GET_FREE_MEMORY", "connect:read"};

struct NodeGetSecurityModelRet {
    List<char, 257> model;
    List<char, 257> doi;
};
inline constexpr Procedure<Nothing, NodeGetSecurityModelRet> node_get_security_model{
    Program::Remote, 122, "NODE_GET_SECURITY_MODEL", "connect:read"};

struct NodeGetCpuStatsArgs {
    std::int32_t cpu_num{};
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct NodeGetCpuStats {
    std::string field;
    std::uint64_t value{};
};
struct NodeGetCpuStatsRet {
    List<NodeGetCpuStats, 16> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<NodeGetCpuStatsArgs, NodeGetCpuStatsRet> node_get_cpu_stats{
    Program::Remote, 227, "NODE_GET_CPU_STATS", "connect:read"};

struct NodeGetMemoryStatsArgs {
    std::int32_t nparams{};
    std::int32_t cell_num{};
    std::uint32_t flags{};
};
struct NodeGetMemoryStats {
    std::string field;
    std::uint64_t value{};
};
struct NodeGetMemoryStatsRet {
    List<NodeGetMemoryStats, 16> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<NodeGetMemoryStatsArgs, NodeGetMemoryStatsRet> node_get_memory_stats{
    Program::Remote, 228, "NODE_GET_MEMORY_STATS", "connect:read"};

struct NodeSuspendForDurationArgs {
    std::uint32_t target{};
    std::uint64_t duration{};
    std::uint32_t flags{};
};
inline constexpr Procedure<NodeSuspendForDurationArgs, Nothing> node_suspend_for_duration{
    Program::Remote, 250, "NODE_SUSPEND_FOR_DURATION", "connect:pm_control"};

struct NodeSetMemoryParametersArgs {
    List<TypedParameter, 64> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<NodeSetMemoryParametersArgs, Nothing> node_set_memory_parameters{
    Program::Remote, 288, "NODE_SET_MEMORY_PARAMETERS", "connect:write"};

struct NodeGetMemoryParametersArgs {
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct NodeGetMemoryParametersRet {
    List<TypedParameter, 64> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<NodeGetMemoryParametersArgs, NodeGetMemoryParametersRet>
    node_get_memory_parameters{Program::Remote, 289, "NODE_GET_MEMORY_PARAMETERS", "connect:read"};

struct NodeGetCpuMapArgs {
    std::int32_t need_map{};
    std::int32_t need_online{};
    std::uint32_t flags{};
};
struct NodeGetCpuMapRet {
    Bytes<2048> cpumap;
    std::uint32_t online{};
    std::int32_t ret{};
};
inline constexpr Procedure<NodeGetCpuMapArgs, NodeGetCpuMapRet> node_get_cpu_map{
    Program::Remote, 293, "NODE_GET_CPU_MAP", "connect:read"};

struct NodeGetFreePagesArgs {
    List<std::uint32_t, 1024> pages;
    std::int32_t start_cell{};
    std::uint32_t cell_count{}, flags{};
};
struct NodeGetFreePagesRet {
    List<std::uint64_t, 1024> counts;
};
inline constexpr Procedure<NodeGetFreePagesArgs, NodeGetFreePagesRet> node_get_free_pages{
    Program::Remote, 340, "NODE_GET_FREE_PAGES", "connect:read"};

struct NodeAllocPagesArgs {
    List<std::uint32_t, 1024> page_sizes;
    List<std::uint64_t, 1024> page_counts;
    std::int32_t start_cell{};
    std::uint32_t cell_count{}, flags{};
};
struct NodeAllocPagesRet {
    std::int32_t ret{};
};
inline constexpr Procedure<NodeAllocPagesArgs, NodeAllocPagesRet> node_alloc_pages{
    Program::Remote, 347, "NODE_ALLOC_PAGES", "connect:write"};

struct NodeGetSevInfoArgs {
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct NodeGetSevInfoRet {
    List<TypedParameter, 64> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<NodeGetSevInfoArgs, NodeGetSevInfoRet> node_get_sev_info{
    Program::Remote, 395, "NODE_GET_SEV_INFO", "connect:read"};

} // namespace vireo::protocol
