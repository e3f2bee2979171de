// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: migration, save, restore, dump and jobs.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct DomainCoreDumpArgs {
    DomainHandle dom;
    std::string to;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainCoreDumpArgs, Nothing> domain_core_dump{
    Program::Remote, 53, "DOMAIN_CORE_DUMP", "domain:core_dump"};

struct DomainRestoreArgs {
    std::string from;
};
inline constexpr Procedure<DomainRestoreArgs, Nothing> domain_restore{Program::Remote, 54, "DOMAIN_RESTORE",
                                                                      "domain:start domain:write"};

struct DomainSaveArgs {
    DomainHandle dom;
    std::string to;
};
inline constexpr Procedure<DomainSaveArgs, Nothing> domain_save{Program::Remote, 55, "DOMAIN_SAVE",
                                                                "domain:hibernate"};

struct DomainMigratePrepareArgs {
    std::optional<std::string> uri_in;
    std::uint64_t flags{};
    std::optional<std::string> dname;
    std::uint64_t resource{};
};
struct DomainMigratePrepareRet {
    Bytes<4194304> cookie;
    std::optional<std::string> uri_out;
};
inline constexpr Procedure<DomainMigratePrepareArgs, DomainMigratePrepareRet> domain_migrate_prepare{
    Program::Remote, 61, "DOMAIN_MIGRATE_PREPARE", "domain:migrate domain:start domain:write"};

struct DomainMigratePerformArgs {
    DomainHandle dom;
    Bytes<4194304> cookie;
    std::string uri;
    std::uint64_t flags{};
    std::optional<std::string> dname;
    std::uint64_t resource{};
};
inline constexpr Procedure<DomainMigratePerformArgs, Nothing> domain_migrate_perform{
    Program::Remote, 62, "DOMAIN_MIGRATE_PERFORM", "domain:migrate"};

struct DomainMigrateFinishArgs {
    std::string dname;
    Bytes<4194304> cookie;
    std::string uri;
    std::uint64_t flags{};
};
struct DomainMigrateFinishRet {
    DomainHandle ddom;
};
inline constexpr Procedure<DomainMigrateFinishArgs, DomainMigrateFinishRet> domain_migrate_finish{
    Program::Remote, 63, "DOMAIN_MIGRATE_FINISH", "domain:migrate"};

struct DomainMigratePrepare2Args {
    std::optional<std::string> uri_in;
    std::uint64_t flags{};
    std::optional<std::string> dname;
    std::uint64_t resource{};
    std::string dom_xml;
};
struct DomainMigratePrepare2Ret {
    Bytes<4194304> cookie;
    std::optional<std::string> uri_out;
};
inline constexpr Procedure<DomainMigratePrepare2Args, DomainMigratePrepare2Ret> domain_migrate_prepare2{
    Program::Remote, 108, "DOMAIN_MIGRATE_PREPARE2", "domain:migrate domain:start domain:write"};

struct DomainMigrateFinish2Args {
    std::string dname;
    Bytes<4194304> cookie;
    std::string uri;
    std::uint64_t flags{};
    std::int32_t retcode{};
};
struct DomainMigrateFinish2Ret {
    DomainHandle ddom;
};
inline constexpr Procedure<DomainMigrateFinish2Args, DomainMigrateFinish2Ret> domain_migrate_finish2{
    Program::Remote, 109, "DOMAIN_MIGRATE_FINISH2", "domain:migrate"};

struct DomainMigratePrepareTunnelArgs {
    std::uint64_t flags{};
    std::optional<std::string> dname;
    std::uint64_t resource{};
    std::string dom_xml;
};
inline constexpr Procedure<DomainMigratePrepareTunnelArgs, Nothing> domain_migrate_prepare_tunnel{
    Program::Remote, 148, "DOMAIN_MIGRATE_PREPARE_TUNNEL", "domain:migrate domain:start domain:write"};

struct DomainGetJobInfoArgs {
    DomainHandle dom;
};
struct DomainGetJobInfoRet {
    std::int32_t type{};
    std::uint64_t time_elapsed{}, time_remaining{}, data_total{}, data_processed{}, data_remaining{},
        mem_total{}, mem_processed{}, mem_remaining{}, file_total{}, file_processed{}, file_remaining{};
};
inline constexpr Procedure<DomainGetJobInfoArgs, DomainGetJobInfoRet> domain_get_job_info{
    Program::Remote, 163, "DOMAIN_GET_JOB_INFO", "domain:read"};

struct DomainAbortJobArgs {
    DomainHandle dom;
};
inline constexpr Procedure<DomainAbortJobArgs, Nothing> domain_abort_job{Program::Remote, 164,
                                                                         "DOMAIN_ABORT_JOB", "domain:write"};

struct DomainMigrateSetMaxDowntimeArgs {
    DomainHandle dom;
    std::uint64_t downtime{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainMigrateSetMaxDowntimeArgs, Nothing> domain_migrate_set_max_downtime{
    Program::Remote, 166, "DOMAIN_MIGRATE_SET_MAX_DOWNTIME", "domain:migrate"};

struct DomainManagedSaveArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainManagedSaveArgs, Nothing> domain_managed_save{
    Program::Remote, 182, "DOMAIN_MANAGED_SAVE", "domain:hibernate"};

struct DomainHasManagedSaveImageArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainHasManagedSaveImageRet {
    std::int32_t result{};
};
inline constexpr Procedure<DomainHasManagedSaveImageArgs, DomainHasManagedSaveImageRet>
    domain_has_managed_save_image{Program::Remote, 183, "DOMAIN_HAS_MANAGED_SAVE_IMAGE", "domain:read"};

struct DomainManagedSaveRemoveArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainManagedSaveRemoveArgs, Nothing> domain_managed_save_remove{
    Program::Remote, 184, "DOMAIN_MANAGED_SAVE_REMOVE", "domain:hibernate"};

struct DomainMigrateSetMaxSpeedArgs {
    DomainHandle dom;
    std::uint64_t bandwidth{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainMigrateSetMaxSpeedArgs, Nothing> domain_migrate_set_max_speed{
    Program::Remote, 207, "DOMAIN_MIGRATE_SET_MAX_SPEED", "domain:migrate"};

struct DomainMigrateBegin3Args {
    DomainHandle dom;
    std::optional<std::string> xmlin;
    std::uint64_t flags{};
    std::optional<std::string> dname;
    std::uint64_t resource{};
};
struct DomainMigrateBegin3Ret {
    Bytes<4194304> cookie_out;
    std::string xml;
};
inline constexpr Procedure<DomainMigrateBegin3Args, DomainMigrateBegin3Ret> domain_migrate_begin3{
    Program::Remote, 213, "DOMAIN_MIGRATE_BEGIN3", "domain:migrate"};

struct DomainMigratePrepare3Args {
    Bytes<4194304> cookie_in;
    std::optional<std::string> uri_in;
    std::uint64_t flags{};
    std::optional<std::string> dname;
    std::uint64_t resource{};
    std::string dom_xml;
};
struct DomainMigratePrepare3Ret {
    Bytes<4194304> cookie_out;
    std::optional<std::string> uri_out;
};
inline constexpr Procedure<DomainMigratePrepare3Args, DomainMigratePrepare3Ret> domain_migrate_prepare3{
    Program::Remote, 214, "DOMAIN_MIGRATE_PREPARE3", "domain:migrate domain:start domain:write"};

struct DomainMigratePrepareTunnel3Args {
    Bytes<4194304> cookie_in;
    std::uint64_t flags{};
    std::optional<std::string> dname;
    std::uint64_t resource{};
    std::string dom_xml;
};
struct DomainMigratePrepareTunnel3Ret {
    Bytes<4194304> cookie_out;
};
inline constexpr Procedure<DomainMigratePrepareTunnel3Args, DomainMigratePrepareTunnel3Ret>
    domain_migrate_prepare_tunnel3{Program::Remote, 215, "DOMAIN_MIGRATE_PREPARE_TUNNEL3",
                                   "domain:migrate domain:start domain:write"};

struct DomainMigratePerform3Args {
    DomainHandle dom;
    std::optional<std::string> xmlin;
    Bytes<4194304> cookie_in;
    std::optional<std::string> dconnuri, uri;
    std::uint64_t flags{};
    std::optional<std::string> dname;
    std::uint64_t resource{};
};
struct DomainMigratePerform3Ret {
    Bytes<4194304> cookie_out;
};
inline constexpr Procedure<DomainMigratePerform3Args, DomainMigratePerform3Ret> domain_migrate_perform3{
    Program::Remote, 216, "DOMAIN_MIGRATE_PERFORM3", "domain:migrate"};

struct DomainMigrateFinish3Args {
    std::string dname;
    Bytes<4194304> cookie_in;
    std::optional<std::string> dconnuri, uri;
    std::uint64_t flags{};
    std::int32_t cancelled{};
};
struct DomainMigrateFinish3Ret {
    DomainHandle dom;
    Bytes<4194304> cookie_out;
};
inline constexpr Procedure<DomainMigrateFinish3Args, DomainMigrateFinish3Ret> domain_migrate_finish3{
    Program::Remote, 217, "DOMAIN_MIGRATE_FINISH3", "domain:migrate"};

struct DomainMigrateConfirm3Args {
    DomainHandle dom;
    Bytes<4194304> cookie_in;
    std::uint64_t flags{};
    std::int32_t cancelled{};
};
inline constexpr Procedure<DomainMigrateConfirm3Args, Nothing> domain_migrate_confirm3{
    Program::Remote, 218, "DOMAIN_MIGRATE_CONFIRM3", "domain:migrate"};

struct DomainSaveFlagsArgs {
    DomainHandle dom;
    std::string to;
    std::optional<std::string> dxml;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSaveFlagsArgs, Nothing> domain_save_flags{
    Program::Remote, 232, "DOMAIN_SAVE_FLAGS", "domain:hibernate"};

struct DomainRestoreFlagsArgs {
    std::string from;
    std::optional<std::string> dxml;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainRestoreFlagsArgs, Nothing> domain_restore_flags{
    Program::Remote, 233, "DOMAIN_RESTORE_FLAGS", "domain:start domain:write"};

struct DomainSaveImageGetXmlDescArgs {
    std::string file;
    std::uint32_t flags{};
};
struct DomainSaveImageGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<DomainSaveImageGetXmlDescArgs, DomainSaveImageGetXmlDescRet>
    domain_save_image_get_xml_desc{Program::Remote, 235, "DOMAIN_SAVE_IMAGE_GET_XML_DESC", "domain:write"};

struct DomainSaveImageDefineXmlArgs {
    std::string file;
    std::string dxml;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSaveImageDefineXmlArgs, Nothing> domain_save_image_define_xml{
    Program::Remote, 236, "DOMAIN_SAVE_IMAGE_DEFINE_XML", "domain:write domain:hibernate"};

struct DomainMigrateGetMaxSpeedArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainMigrateGetMaxSpeedRet {
    std::uint64_t bandwidth{};
};
inline constexpr Procedure<DomainMigrateGetMaxSpeedArgs, DomainMigrateGetMaxSpeedRet>
    domain_migrate_get_max_speed{Program::Remote, 242, "DOMAIN_MIGRATE_GET_MAX_SPEED", "domain:migrate"};

struct DomainGetJobStatsArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetJobStatsRet {
    std::int32_t type{};
    List<TypedParameter, 64> params;
};
inline constexpr Procedure<DomainGetJobStatsArgs, DomainGetJobStatsRet> domain_get_job_stats{
    Program::Remote, 298, "DOMAIN_GET_JOB_STATS", "domain:read"};

struct DomainMigrateGetCompressionCacheArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainMigrateGetCompressionCacheRet {
    std::uint64_t cache_size{};
};
inline constexpr Procedure<DomainMigrateGetCompressionCacheArgs, DomainMigrateGetCompressionCacheRet>
    domain_migrate_get_compression_cache{Program::Remote, 299, "DOMAIN_MIGRATE_GET_COMPRESSION_CACHE",
                                         "domain:migrate"};

struct DomainMigrateSetCompressionCacheArgs {
    DomainHandle dom;
    std::uint64_t cache_size{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainMigrateSetCompressionCacheArgs, Nothing>
    domain_migrate_set_compression_cache{Program::Remote, 300, "DOMAIN_MIGRATE_SET_COMPRESSION_CACHE",
                                         "domain:migrate"};

struct DomainMigrateBegin3ParamsArgs {
    DomainHandle dom;
    List<TypedParameter, 64> params;
    std::uint32_t flags{};
};
struct DomainMigrateBegin3ParamsRet {
    Bytes<4194304> cookie_out;
    std::string xml;
};
inline constexpr Procedure<DomainMigrateBegin3ParamsArgs, DomainMigrateBegin3ParamsRet>
    domain_migrate_begin3_params{Program::Remote, 302, "DOMAIN_MIGRATE_BEGIN3_PARAMS", "domain:migrate"};

struct DomainMigratePrepare3ParamsArgs {
    List<TypedParameter, 64> params;
    Bytes<4194304> cookie_in;
    std::uint32_t flags{};
};
struct DomainMigratePrepare3ParamsRet {
    Bytes<4194304> cookie_out;
    std::optional<std::string> uri_out;
};
inline constexpr Procedure<DomainMigratePrepare3ParamsArgs, DomainMigratePrepare3ParamsRet>
    domain_migrate_prepare3_params{Program::Remote, 303, "DOMAIN_MIGRATE_PREPARE3_PARAMS",
                                   "domain:migrate domain:start domain:write"};

struct DomainMigratePrepareTunnel3ParamsArgs {
    List<TypedParameter, 64> params;
    Bytes<4194304> cookie_in;
    std::uint32_t flags{};
};
struct DomainMigratePrepareTunnel3ParamsRet {
    Bytes<4194304> cookie_out;
};
inline constexpr Procedure<DomainMigratePrepareTunnel3ParamsArgs, DomainMigratePrepareTunnel3ParamsRet>
    domain_migrate_prepare_tunnel3_params{Program::Remote, 304, "DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS",
                                          "domain:migrate domain:start domain:write"};

struct DomainMigratePerform3ParamsArgs {
    DomainHandle dom;
    std::optional<std::string> dconnuri;
    List<TypedParameter, 64> params;
    Bytes<4194304> cookie_in;
    std::uint32_t flags{};
};
struct DomainMigratePerform3ParamsRet {
    Bytes<4194304> cookie_out;
};
inline constexpr Procedure<DomainMigratePerform3ParamsArgs, DomainMigratePerform3ParamsRet>
    domain_migrate_perform3_params{Program::Remote, 305, "DOMAIN_MIGRATE_PERFORM3_PARAMS", "domain:migrate"};

struct DomainMigrateFinish3ParamsArgs {
    List<TypedParameter, 64> params;
    Bytes<4194304> cookie_in;
    std::uint32_t flags{};
    std::int32_t cancelled{};
};
struct DomainMigrateFinish3ParamsRet {
    DomainHandle dom;
    Bytes<4194304> cookie_out;
};
inline constexpr Procedure<DomainMigrateFinish3ParamsArgs, DomainMigrateFinish3ParamsRet>
    domain_migrate_finish3_params{Program::Remote, 306, "DOMAIN_MIGRATE_FINISH3_PARAMS", "domain:migrate"};

struct DomainMigrateConfirm3ParamsArgs {
    DomainHandle dom;
    List<TypedParameter, 64> params;
    Bytes<4194304> cookie_in;
    std::uint32_t flags{};
    std::int32_t cancelled{};
};
inline constexpr Procedure<DomainMigrateConfirm3ParamsArgs, Nothing> domain_migrate_confirm3_params{
    Program::Remote, 307, "DOMAIN_MIGRATE_CONFIRM3_PARAMS", "domain:migrate"};

struct DomainCoreDumpWithFormatArgs {
    DomainHandle dom;
    std::string to;
    std::uint32_t dumpformat{}, flags{};
};
inline constexpr Procedure<DomainCoreDumpWithFormatArgs, Nothing> domain_core_dump_with_format{
    Program::Remote, 334, "DOMAIN_CORE_DUMP_WITH_FORMAT", "domain:core_dump"};

struct DomainMigrateStartPostCopyArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainMigrateStartPostCopyArgs, Nothing> domain_migrate_start_post_copy{
    Program::Remote, 364, "DOMAIN_MIGRATE_START_POST_COPY", "domain:migrate"};

struct DomainMigrateGetMaxDowntimeArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainMigrateGetMaxDowntimeRet {
    std::uint64_t downtime{};
};
inline constexpr Procedure<DomainMigrateGetMaxDowntimeArgs, DomainMigrateGetMaxDowntimeRet>
    domain_migrate_get_max_downtime{Program::Remote, 387, "DOMAIN_MIGRATE_GET_MAX_DOWNTIME",
                                    "domain:migrate"};

struct DomainManagedSaveGetXmlDescArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainManagedSaveGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<DomainManagedSaveGetXmlDescArgs, DomainManagedSaveGetXmlDescRet>
    domain_managed_save_get_xml_desc{Program::Remote, 388, "DOMAIN_MANAGED_SAVE_GET_XML_DESC",
                                     "domain:read domain:read_secure:VIR_DOMAIN_SAVE_IMAGE_XML_SECURE"};

struct DomainManagedSaveDefineXmlArgs {
    DomainHandle dom;
    std::optional<std::string> dxml;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainManagedSaveDefineXmlArgs, Nothing> domain_managed_save_define_xml{
    Program::Remote, 389, "DOMAIN_MANAGED_SAVE_DEFINE_XML", "domain:write domain:hibernate"};

struct DomainStartDirtyRateCalcArgs {
    DomainHandle dom;
    std::int32_t seconds{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainStartDirtyRateCalcArgs, Nothing> domain_start_dirty_rate_calc{
    Program::Remote, 427, "DOMAIN_START_DIRTY_RATE_CALC", "domain:write"};

struct DomainSaveParamsArgs {
    DomainHandle dom;
    List<TypedParameter, 64> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSaveParamsArgs, Nothing> domain_save_params{
    Program::Remote, 440, "DOMAIN_SAVE_PARAMS", "domain:hibernate"};

struct DomainRestoreParamsArgs {
    List<TypedParameter, 64> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainRestoreParamsArgs, Nothing> domain_restore_params{
    Program::Remote, 441, "DOMAIN_RESTORE_PARAMS", "domain:start domain:write"};

struct DomainAbortJobFlagsArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainAbortJobFlagsArgs, Nothing> domain_abort_job_flags{
    Program::Remote, 442, "DOMAIN_ABORT_JOB_FLAGS", "domain:write"};

} // namespace vireo::protocol
