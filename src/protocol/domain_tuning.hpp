// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: vcpus, memory and tuning of domains.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct DomainGetMaxMemoryArgs {
    DomainHandle dom;
};
struct DomainGetMaxMemoryRet {
    std::uint64_t memory{};
};
inline constexpr Procedure<DomainGetMaxMemoryArgs, DomainGetMaxMemoryRet> domain_get_max_memory{
    Program::Remote, 17, "DOMAIN_GET_MAX_MEMORY", "domain:read"};

struct DomainGetMaxVcpusArgs {
    DomainHandle dom;
};
struct DomainGetMaxVcpusRet {
    std::int32_t num{};
};
inline constexpr Procedure<DomainGetMaxVcpusArgs, DomainGetMaxVcpusRet> domain_get_max_vcpus{
    Program::Remote, 18, "DOMAIN_GET_MAX_VCPUS", "domain:read"};

struct DomainGetVcpusArgs {
    DomainHandle dom;
    std::int32_t maxinfo{};
    std::int32_t maplen{};
};
struct DomainGetVcpusRet {
    List<VcpuInfo, 16384> info;
    Bytes<8388608> cpumaps;
};
inline constexpr Procedure<DomainGetVcpusArgs, DomainGetVcpusRet> domain_get_vcpus{
    Program::Remote, 20, "DOMAIN_GET_VCPUS", "domain:read"};

struct DomainPinVcpuArgs {
    DomainHandle dom;
    std::uint32_t vcpu{};
    Bytes<2048> cpumap;
};
inline constexpr Procedure<DomainPinVcpuArgs, Nothing> domain_pin_vcpu{Program::Remote, 26, "DOMAIN_PIN_VCPU",
                                                                       "domain:write"};

struct DomainSetMaxMemoryArgs {
    DomainHandle dom;
    std::uint64_t memory{};
};
inline constexpr Procedure<DomainSetMaxMemoryArgs, Nothing> domain_set_max_memory{
    Program::Remote, 30, "DOMAIN_SET_MAX_MEMORY", "domain:write"};

struct DomainSetMemoryArgs {
    DomainHandle dom;
    std::uint64_t memory{};
};
inline constexpr Procedure<DomainSetMemoryArgs, Nothing> domain_set_memory{
    Program::Remote, 31, "DOMAIN_SET_MEMORY", "domain:write"};

struct DomainSetVcpusArgs {
    DomainHandle dom;
    std::uint32_t nvcpus{};
};
inline constexpr Procedure<DomainSetVcpusArgs, Nothing> domain_set_vcpus{Program::Remote, 32,
                                                                         "DOMAIN_SET_VCPUS", "domain:write"};

struct DomainGetSchedulerTypeArgs {
    DomainHandle dom;
};
struct DomainGetSchedulerTypeRet {
    std::string type;
    std::int32_t nparams{};
};
inline constexpr Procedure<DomainGetSchedulerTypeArgs, DomainGetSchedulerTypeRet> domain_get_scheduler_type{
    Program::Remote, 56, "DOMAIN_GET_SCHEDULER_TYPE", "domain:read"};

struct DomainGetSchedulerParametersArgs {
    DomainHandle dom;
    std::int32_t nparams{};
};
struct DomainGetSchedulerParametersRet {
    List<TypedParameter, 16> params;
};
inline constexpr Procedure<DomainGetSchedulerParametersArgs, DomainGetSchedulerParametersRet>
    domain_get_scheduler_parameters{Program::Remote, 57, "DOMAIN_GET_SCHEDULER_PARAMETERS", "domain:read"};

struct DomainSetSchedulerParametersArgs {
    DomainHandle dom;
    List<TypedParameter, 16> params;
};
inline constexpr Procedure<DomainSetSchedulerParametersArgs, Nothing> domain_set_scheduler_parameters{
    Program::Remote, 58, "DOMAIN_SET_SCHEDULER_PARAMETERS", "domain:write"};

struct DomainGetSecurityLabelArgs {
    DomainHandle dom;
};
struct DomainGetSecurityLabelRet {
    List<char, 4097> label;
    std::int32_t enforcing{};
};
inline constexpr Procedure<DomainGetSecurityLabelArgs, DomainGetSecurityLabelRet> domain_get_security_label{
    Program::Remote, 121, "DOMAIN_GET_SECURITY_LABEL", "domain:read"};

struct DomainMemoryStatsArgs {
    DomainHandle dom;
    std::uint32_t max_stats{};
    std::uint32_t flags{};
};
struct DomainMemoryStat {
    std::int32_t tag{};
    std::uint64_t val{};
};
struct DomainMemoryStatsRet {
    List<DomainMemoryStat, 1024> stats;
};
inline constexpr Procedure<DomainMemoryStatsArgs, DomainMemoryStatsRet> domain_memory_stats{
    Program::Remote, 159, "DOMAIN_MEMORY_STATS", "domain:read"};

struct DomainSetMemoryParametersArgs {
    DomainHandle dom;
    List<TypedParameter, 16> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetMemoryParametersArgs, Nothing> domain_set_memory_parameters{
    Program::Remote, 197, "DOMAIN_SET_MEMORY_PARAMETERS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetMemoryParametersArgs {
    DomainHandle dom;
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct DomainGetMemoryParametersRet {
    List<TypedParameter, 16> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<DomainGetMemoryParametersArgs, DomainGetMemoryParametersRet>
    domain_get_memory_parameters{Program::Remote, 198, "DOMAIN_GET_MEMORY_PARAMETERS", "domain:read"};

struct DomainSetVcpusFlagsArgs {
    DomainHandle dom;
    std::uint32_t nvcpus{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetVcpusFlagsArgs, Nothing> domain_set_vcpus_flags{
    Program::Remote, 199, "DOMAIN_SET_VCPUS_FLAGS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG domain:write:VIR_DOMAIN_VCPU_GUEST"};

struct DomainGetVcpusFlagsArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetVcpusFlagsRet {
    std::int32_t num{};
};
inline constexpr Procedure<DomainGetVcpusFlagsArgs, DomainGetVcpusFlagsRet> domain_get_vcpus_flags{
    Program::Remote, 200, "DOMAIN_GET_VCPUS_FLAGS", "domain:read domain:write:VIR_DOMAIN_VCPU_GUEST"};

struct DomainSetMemoryFlagsArgs {
    DomainHandle dom;
    std::uint64_t memory{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetMemoryFlagsArgs, Nothing> domain_set_memory_flags{
    Program::Remote, 204, "DOMAIN_SET_MEMORY_FLAGS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainSetBlkioParametersArgs {
    DomainHandle dom;
    List<TypedParameter, 16> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetBlkioParametersArgs, Nothing> domain_set_blkio_parameters{
    Program::Remote, 205, "DOMAIN_SET_BLKIO_PARAMETERS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetBlkioParametersArgs {
    DomainHandle dom;
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct DomainGetBlkioParametersRet {
    List<TypedParameter, 16> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<DomainGetBlkioParametersArgs, DomainGetBlkioParametersRet>
    domain_get_blkio_parameters{Program::Remote, 206, "DOMAIN_GET_BLKIO_PARAMETERS", "domain:read"};

struct DomainSetSchedulerParametersFlagsArgs {
    DomainHandle dom;
    List<TypedParameter, 16> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetSchedulerParametersFlagsArgs, Nothing>
    domain_set_scheduler_parameters_flags{
        Program::Remote, 219, "DOMAIN_SET_SCHEDULER_PARAMETERS_FLAGS",
        "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
        "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetSchedulerParametersFlagsArgs {
    DomainHandle dom;
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct DomainGetSchedulerParametersFlagsRet {
    List<TypedParameter, 16> params;
};
inline constexpr Procedure<DomainGetSchedulerParametersFlagsArgs, DomainGetSchedulerParametersFlagsRet>
    domain_get_scheduler_parameters_flags{Program::Remote, 223, "DOMAIN_GET_SCHEDULER_PARAMETERS_FLAGS",
                                          "domain:read"};

struct DomainPinVcpuFlagsArgs {
    DomainHandle dom;
    std::uint32_t vcpu{};
    Bytes<2048> cpumap;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainPinVcpuFlagsArgs, Nothing> domain_pin_vcpu_flags{
    Program::Remote, 225, "DOMAIN_PIN_VCPU_FLAGS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetVcpuPinInfoArgs {
    DomainHandle dom;
    std::int32_t ncpumaps{}, maplen{};
    std::uint32_t flags{};
};
struct DomainGetVcpuPinInfoRet {
    Bytes<8388608> cpumaps;
    std::int32_t num{};
};
inline constexpr Procedure<DomainGetVcpuPinInfoArgs, DomainGetVcpuPinInfoRet> domain_get_vcpu_pin_info{
    Program::Remote, 230, "DOMAIN_GET_VCPU_PIN_INFO", "domain:read"};

struct DomainSetNumaParametersArgs {
    DomainHandle dom;
    List<TypedParameter, 16> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetNumaParametersArgs, Nothing> domain_set_numa_parameters{
    Program::Remote, 254, "DOMAIN_SET_NUMA_PARAMETERS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetNumaParametersArgs {
    DomainHandle dom;
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct DomainGetNumaParametersRet {
    List<TypedParameter, 16> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<DomainGetNumaParametersArgs, DomainGetNumaParametersRet>
    domain_get_numa_parameters{Program::Remote, 255, "DOMAIN_GET_NUMA_PARAMETERS", "domain:read"};

struct DomainGetCpuStatsArgs {
    DomainHandle dom;
    std::uint32_t nparams{};
    std::int32_t start_cpu{};
    std::uint32_t ncpus{}, flags{};
};
struct DomainGetCpuStatsRet {
    List<TypedParameter, 2048> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<DomainGetCpuStatsArgs, DomainGetCpuStatsRet> domain_get_cpu_stats{
    Program::Remote, 262, "DOMAIN_GET_CPU_STATS", "domain:read"};

struct DomainGetSecurityLabelListArgs {
    DomainHandle dom;
};
struct DomainGetSecurityLabelListRet {
    List<DomainGetSecurityLabelRet, 64> labels;
    std::int32_t ret{};
};
inline constexpr Procedure<DomainGetSecurityLabelListArgs, DomainGetSecurityLabelListRet>
    domain_get_security_label_list{Program::Remote, 278, "DOMAIN_GET_SECURITY_LABEL_LIST", "domain:read"};

struct DomainPinEmulatorArgs {
    DomainHandle dom;
    Bytes<2048> cpumap;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainPinEmulatorArgs, Nothing> domain_pin_emulator{
    Program::Remote, 279, "DOMAIN_PIN_EMULATOR",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetEmulatorPinInfoArgs {
    DomainHandle dom;
    std::int32_t maplen{};
    std::uint32_t flags{};
};
struct DomainGetEmulatorPinInfoRet {
    Bytes<8388608> cpumaps;
    std::int32_t ret{};
};
inline constexpr Procedure<DomainGetEmulatorPinInfoArgs, DomainGetEmulatorPinInfoRet>
    domain_get_emulator_pin_info{Program::Remote, 280, "DOMAIN_GET_EMULATOR_PIN_INFO", "domain:read"};

struct DomainSetMemoryStatsPeriodArgs {
    DomainHandle dom;
    std::int32_t period{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetMemoryStatsPeriodArgs, Nothing> domain_set_memory_stats_period{
    Program::Remote, 308, "DOMAIN_SET_MEMORY_STATS_PERIOD",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetIothreadInfoArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainIothreadInfo {
    std::uint32_t iothread_id{};
    Bytes<2048> cpumap;
};
struct DomainGetIothreadInfoRet {
    List<DomainIothreadInfo, 16384> info;
    std::uint32_t ret{};
};
inline constexpr Procedure<DomainGetIothreadInfoArgs, DomainGetIothreadInfoRet> domain_get_iothread_info{
    Program::Remote, 351, "DOMAIN_GET_IOTHREAD_INFO", "domain:read"};

struct DomainPinIothreadArgs {
    DomainHandle dom;
    std::uint32_t iothreads_id{};
    Bytes<2048> cpumap;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainPinIothreadArgs, Nothing> domain_pin_iothread{
    Program::Remote, 352, "DOMAIN_PIN_IOTHREAD",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainAddIothreadArgs {
    DomainHandle dom;
    std::uint32_t iothread_id{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainAddIothreadArgs, Nothing> domain_add_iothread{
    Program::Remote, 355, "DOMAIN_ADD_IOTHREAD",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainDelIothreadArgs {
    DomainHandle dom;
    std::uint32_t iothread_id{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainDelIothreadArgs, Nothing> domain_del_iothread{
    Program::Remote, 356, "DOMAIN_DEL_IOTHREAD",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetPerfEventsArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetPerfEventsRet {
    List<TypedParameter, 64> params;
};
inline constexpr Procedure<DomainGetPerfEventsArgs, DomainGetPerfEventsRet> domain_get_perf_events{
    Program::Remote, 365, "DOMAIN_GET_PERF_EVENTS", "domain:read"};

struct DomainSetPerfEventsArgs {
    DomainHandle dom;
    List<TypedParameter, 64> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetPerfEventsArgs, Nothing> domain_set_perf_events{
    Program::Remote, 366, "DOMAIN_SET_PERF_EVENTS", "domain:write"};

struct DomainSetVcpuArgs {
    DomainHandle dom;
    std::string cpumap;
    std::int32_t state{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetVcpuArgs, Nothing> domain_set_vcpu{
    Program::Remote, 384, "DOMAIN_SET_VCPU",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetLaunchSecurityInfoArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetLaunchSecurityInfoRet {
    List<TypedParameter, 64> params;
};
inline constexpr Procedure<DomainGetLaunchSecurityInfoArgs, DomainGetLaunchSecurityInfoRet>
    domain_get_launch_security_info{Program::Remote, 396, "DOMAIN_GET_LAUNCH_SECURITY_INFO", "domain:read"};

struct DomainSetIothreadParamsArgs {
    DomainHandle dom;
    std::uint32_t iothread_id{};
    List<TypedParameter, 64> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetIothreadParamsArgs, Nothing> domain_set_iothread_params{
    Program::Remote, 402, "DOMAIN_SET_IOTHREAD_PARAMS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainSetLaunchSecurityStateArgs {
    DomainHandle dom;
    List<TypedParameter, 64> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetLaunchSecurityStateArgs, Nothing> domain_set_launch_security_state{
    Program::Remote, 439, "DOMAIN_SET_LAUNCH_SECURITY_STATE", "domain:write"};

} // namespace vireo::protocol
