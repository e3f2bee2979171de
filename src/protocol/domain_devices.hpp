// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: devices and block jobs of domains.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct DomainAttachDeviceArgs {
    DomainHandle dom;
    std::string xml;
};
inline constexpr Procedure<DomainAttachDeviceArgs, Nothing> domain_attach_device{
    Program::Remote, 8, "DOMAIN_ATTACH_DEVICE", "domain:write"};

struct DomainDetachDeviceArgs {
    DomainHandle dom;
    std::string xml;
};
inline constexpr Procedure<DomainDetachDeviceArgs, Nothing> domain_detach_device{
    Program::Remote, 13, "DOMAIN_DETACH_DEVICE", "domain:write"};

struct DomainBlockStatsArgs {
    DomainHandle dom;
    std::string path;
};
struct DomainBlockStatsRet {
    std::int64_t rd_req{}, rd_bytes{}, wr_req{}, wr_bytes{}, errs{};
};
inline constexpr Procedure<DomainBlockStatsArgs, DomainBlockStatsRet> domain_block_stats{
    Program::Remote, 64, "DOMAIN_BLOCK_STATS", "domain:read"};

struct DomainBlockPeekArgs {
    DomainHandle dom;
    std::string path;
    std::uint64_t offset{};
    std::uint32_t size{}, flags{};
};
struct DomainBlockPeekRet {
    Bytes<4194304> buffer;
};
inline constexpr Procedure<DomainBlockPeekArgs, DomainBlockPeekRet> domain_block_peek{
    Program::Remote, 103, "DOMAIN_BLOCK_PEEK", "domain:block_read"};

struct DomainAttachDeviceFlagsArgs {
    DomainHandle dom;
    std::string xml;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainAttachDeviceFlagsArgs, Nothing> domain_attach_device_flags{
    Program::Remote, 160, "DOMAIN_ATTACH_DEVICE_FLAGS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainDetachDeviceFlagsArgs {
    DomainHandle dom;
    std::string xml;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainDetachDeviceFlagsArgs, Nothing> domain_detach_device_flags{
    Program::Remote, 161, "DOMAIN_DETACH_DEVICE_FLAGS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainUpdateDeviceFlagsArgs {
    DomainHandle dom;
    std::string xml;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainUpdateDeviceFlagsArgs, Nothing> domain_update_device_flags{
    Program::Remote, 174, "DOMAIN_UPDATE_DEVICE_FLAGS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetBlockInfoArgs {
    DomainHandle dom;
    std::string path;
    std::uint32_t flags{};
};
struct DomainGetBlockInfoRet {
    std::uint64_t allocation{}, capacity{}, physical{};
};
inline constexpr Procedure<DomainGetBlockInfoArgs, DomainGetBlockInfoRet> domain_get_block_info{
    Program::Remote, 194, "DOMAIN_GET_BLOCK_INFO", "domain:read"};

struct DomainBlockJobAbortArgs {
    DomainHandle dom;
    std::string path;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainBlockJobAbortArgs, Nothing> domain_block_job_abort{
    Program::Remote, 237, "DOMAIN_BLOCK_JOB_ABORT", "domain:write"};

struct DomainGetBlockJobInfoArgs {
    DomainHandle dom;
    std::string path;
    std::uint32_t flags{};
};
struct DomainGetBlockJobInfoRet {
    std::int32_t found{}, type{};
    std::uint64_t bandwidth{}, cur{}, end{};
};
inline constexpr Procedure<DomainGetBlockJobInfoArgs, DomainGetBlockJobInfoRet> domain_get_block_job_info{
    Program::Remote, 238, "DOMAIN_GET_BLOCK_JOB_INFO", "domain:read"};

struct DomainBlockJobSetSpeedArgs {
    DomainHandle dom;
    std::string path;
    std::uint64_t bandwidth{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainBlockJobSetSpeedArgs, Nothing> domain_block_job_set_speed{
    Program::Remote, 239, "DOMAIN_BLOCK_JOB_SET_SPEED", "domain:write"};

struct DomainBlockPullArgs {
    DomainHandle dom;
    std::string path;
    std::uint64_t bandwidth{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainBlockPullArgs, Nothing> domain_block_pull{
    Program::Remote, 240, "DOMAIN_BLOCK_PULL", "domain:block_write"};

struct DomainBlockStatsFlagsArgs {
    DomainHandle dom;
    std::string path;
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct DomainBlockStatsFlagsRet {
    List<TypedParameter, 16> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<DomainBlockStatsFlagsArgs, DomainBlockStatsFlagsRet> domain_block_stats_flags{
    Program::Remote, 243, "DOMAIN_BLOCK_STATS_FLAGS", "domain:read"};

struct DomainBlockResizeArgs {
    DomainHandle dom;
    std::string disk;
    std::uint64_t size{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainBlockResizeArgs, Nothing> domain_block_resize{
    Program::Remote, 251, "DOMAIN_BLOCK_RESIZE", "domain:block_write"};

struct DomainSetBlockIoTuneArgs {
    DomainHandle dom;
    std::string disk;
    List<TypedParameter, 32> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetBlockIoTuneArgs, Nothing> domain_set_block_io_tune{
    Program::Remote, 252, "DOMAIN_SET_BLOCK_IO_TUNE",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetBlockIoTuneArgs {
    DomainHandle dom;
    std::optional<std::string> disk;
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct DomainGetBlockIoTuneRet {
    List<TypedParameter, 32> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<DomainGetBlockIoTuneArgs, DomainGetBlockIoTuneRet> domain_get_block_io_tune{
    Program::Remote, 253, "DOMAIN_GET_BLOCK_IO_TUNE", "domain:read"};

struct DomainGetDiskErrorsArgs {
    DomainHandle dom;
    std::uint32_t maxerrors{};
    std::uint32_t flags{};
};
struct DomainDiskError {
    std::string disk;
    std::int32_t error{};
};
struct DomainGetDiskErrorsRet {
    List<DomainDiskError, 256> errors;
    std::int32_t nerrors{};
};
inline constexpr Procedure<DomainGetDiskErrorsArgs, DomainGetDiskErrorsRet> domain_get_disk_errors{
    Program::Remote, 263, "DOMAIN_GET_DISK_ERRORS", "domain:read"};

struct DomainBlockRebaseArgs {
    DomainHandle dom;
    std::string path;
    std::optional<std::string> base;
    std::uint64_t bandwidth{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainBlockRebaseArgs, Nothing> domain_block_rebase{
    Program::Remote, 266, "DOMAIN_BLOCK_REBASE", "domain:block_write"};

struct DomainBlockCommitArgs {
    DomainHandle dom;
    std::string disk;
    std::optional<std::string> base, top;
    std::uint64_t bandwidth{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainBlockCommitArgs, Nothing> domain_block_commit{
    Program::Remote, 290, "DOMAIN_BLOCK_COMMIT", "domain:block_write"};

struct DomainBlockCopyArgs {
    DomainHandle dom;
    std::string path, destxml;
    List<TypedParameter, 16> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainBlockCopyArgs, Nothing> domain_block_copy{
    Program::Remote, 345, "DOMAIN_BLOCK_COPY", "domain:block_write"};

struct DomainSetBlockThresholdArgs {
    DomainHandle dom;
    std::string dev;
    std::uint64_t threshold{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetBlockThresholdArgs, Nothing> domain_set_block_threshold{
    Program::Remote, 386, "DOMAIN_SET_BLOCK_THRESHOLD", "domain:write"};

struct DomainDetachDeviceAliasArgs {
    DomainHandle dom;
    std::string alias;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainDetachDeviceAliasArgs, Nothing> domain_detach_device_alias{
    Program::Remote, 392, "DOMAIN_DETACH_DEVICE_ALIAS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

} // namespace vireo::protocol
