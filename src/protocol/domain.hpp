// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: domains: definitions, life cycle, lists.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct DomainCreateArgs {
    DomainHandle dom;
};
inline constexpr Procedure<DomainCreateArgs, Nothing> domain_create{Program::Remote, 9, "DOMAIN_CREATE",
                                                                    "domain:start"};

struct DomainCreateXmlArgs {
    std::string xml_desc;
    std::uint32_t flags{};
};
struct DomainCreateXmlRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainCreateXmlArgs, DomainCreateXmlRet> domain_create_xml{
    Program::Remote, 10, "DOMAIN_CREATE_XML", "domain:write domain:start"};

struct DomainDefineXmlArgs {
    std::string xml;
};
struct DomainDefineXmlRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainDefineXmlArgs, DomainDefineXmlRet> domain_define_xml{
    Program::Remote, 11, "DOMAIN_DEFINE_XML", "domain:write domain:save"};

struct DomainDestroyArgs {
    DomainHandle dom;
};
inline constexpr Procedure<DomainDestroyArgs, Nothing> domain_destroy{Program::Remote, 12, "DOMAIN_DESTROY",
                                                                      "domain:stop"};

struct DomainGetXmlDescArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetXmlDescRet {
    std::string xml;
};
inline constexpr Procedure<DomainGetXmlDescArgs, DomainGetXmlDescRet> domain_get_xml_desc{
    Program::Remote, 14, "DOMAIN_GET_XML_DESC",
    "domain:read domain:read_secure:VIR_DOMAIN_XML_SECURE domain:read_secure:VIR_DOMAIN_XML_MIGRATABLE"};

struct DomainGetAutostartArgs {
    DomainHandle dom;
};
struct DomainGetAutostartRet {
    std::int32_t autostart{};
};
inline constexpr Procedure<DomainGetAutostartArgs, DomainGetAutostartRet> domain_get_autostart{
    Program::Remote, 15, "DOMAIN_GET_AUTOSTART", "domain:read"};

struct DomainGetInfoArgs {
    DomainHandle dom;
};
struct DomainGetInfoRet {
    std::uint8_t state{};
    std::uint64_t max_mem{}, memory{};
    std::uint16_t nr_virt_cpu{};
    std::uint64_t cpu_time{};
};
inline constexpr Procedure<DomainGetInfoArgs, DomainGetInfoRet> domain_get_info{
    Program::Remote, 16, "DOMAIN_GET_INFO", "domain:read"};

struct DomainGetOsTypeArgs {
    DomainHandle dom;
};
struct DomainGetOsTypeRet {
    std::string type;
};
inline constexpr Procedure<DomainGetOsTypeArgs, DomainGetOsTypeRet> domain_get_os_type{
    Program::Remote, 19, "DOMAIN_GET_OS_TYPE", "domain:read"};

struct ConnectListDefinedDomainsArgs {
    std::int32_t maxnames{};
};
struct ConnectListDefinedDomainsRet {
    List<std::string, 16384> names;
};
inline constexpr Procedure<ConnectListDefinedDomainsArgs, ConnectListDefinedDomainsRet>
    connect_list_defined_domains{Program::Remote, 21, "CONNECT_LIST_DEFINED_DOMAINS",
                                 "connect:search_domains"};

struct DomainLookupByIdArgs {
    std::int32_t id{};
};
struct DomainLookupByIdRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainLookupByIdArgs, DomainLookupByIdRet> domain_lookup_by_id{
    Program::Remote, 22, "DOMAIN_LOOKUP_BY_ID", "domain:getattr"};

struct DomainLookupByNameArgs {
    std::string name;
};
struct DomainLookupByNameRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainLookupByNameArgs, DomainLookupByNameRet> domain_lookup_by_name{
    Program::Remote, 23, "DOMAIN_LOOKUP_BY_NAME", "domain:getattr"};

struct DomainLookupByUuidArgs {
    Uuid uuid;
};
struct DomainLookupByUuidRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainLookupByUuidArgs, DomainLookupByUuidRet> domain_lookup_by_uuid{
    Program::Remote, 24, "DOMAIN_LOOKUP_BY_UUID", "domain:getattr"};

struct ConnectNumOfDefinedDomainsRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfDefinedDomainsRet> connect_num_of_defined_domains{
    Program::Remote, 25, "CONNECT_NUM_OF_DEFINED_DOMAINS", "connect:search_domains"};

struct DomainRebootArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainRebootArgs, Nothing> domain_reboot{
    Program::Remote, 27, "DOMAIN_REBOOT", "domain:init_control domain:write:VIR_DOMAIN_REBOOT_GUEST_AGENT"};

struct DomainResumeArgs {
    DomainHandle dom;
};
inline constexpr Procedure<DomainResumeArgs, Nothing> domain_resume{Program::Remote, 28, "DOMAIN_RESUME",
                                                                    "domain:suspend"};

struct DomainSetAutostartArgs {
    DomainHandle dom;
    std::int32_t autostart{};
};
inline constexpr Procedure<DomainSetAutostartArgs, Nothing> domain_set_autostart{
    Program::Remote, 29, "DOMAIN_SET_AUTOSTART", "domain:write"};

struct DomainShutdownArgs {
    DomainHandle dom;
};
inline constexpr Procedure<DomainShutdownArgs, Nothing> domain_shutdown{
    Program::Remote, 33, "DOMAIN_SHUTDOWN", "domain:init_control"};

struct DomainSuspendArgs {
    DomainHandle dom;
};
inline constexpr Procedure<DomainSuspendArgs, Nothing> domain_suspend{Program::Remote, 34, "DOMAIN_SUSPEND",
                                                                      "domain:suspend"};

struct DomainUndefineArgs {
    DomainHandle dom;
};
inline constexpr Procedure<DomainUndefineArgs, Nothing> domain_undefine{Program::Remote, 35,
                                                                        "DOMAIN_UNDEFINE", "domain:delete"};

struct ConnectListDomainsArgs {
    std::int32_t maxids{};
};
struct ConnectListDomainsRet {
    List<std::int32_t, 16384> ids;
};
inline constexpr Procedure<ConnectListDomainsArgs, ConnectListDomainsRet> connect_list_domains{
    Program::Remote, 37, "CONNECT_LIST_DOMAINS", "connect:search_domains"};

struct ConnectNumOfDomainsRet {
    std::int32_t num{};
};
inline constexpr Procedure<Nothing, ConnectNumOfDomainsRet> connect_num_of_domains{
    Program::Remote, 51, "CONNECT_NUM_OF_DOMAINS", "connect:search_domains"};

struct ConnectDomainXmlFromNativeArgs {
    std::string native_format, native_config;
    std::uint32_t flags{};
};
struct ConnectDomainXmlFromNativeRet {
    std::string domain_xml;
};
inline constexpr Procedure<ConnectDomainXmlFromNativeArgs, ConnectDomainXmlFromNativeRet>
    connect_domain_xml_from_native{Program::Remote, 135, "CONNECT_DOMAIN_XML_FROM_NATIVE", "connect:write"};

struct ConnectDomainXmlToNativeArgs {
    std::string native_format, domain_xml;
    std::uint32_t flags{};
};
struct ConnectDomainXmlToNativeRet {
    std::string native_config;
};
inline constexpr Procedure<ConnectDomainXmlToNativeArgs, ConnectDomainXmlToNativeRet>
    connect_domain_xml_to_native{Program::Remote, 136, "CONNECT_DOMAIN_XML_TO_NATIVE", "connect:write"};

struct DomainIsActiveArgs {
    DomainHandle dom;
};
struct DomainIsActiveRet {
    std::int32_t active{};
};
inline constexpr Procedure<DomainIsActiveArgs, DomainIsActiveRet> domain_is_active{
    Program::Remote, 150, "DOMAIN_IS_ACTIVE", "domain:read"};

struct DomainIsPersistentArgs {
    DomainHandle dom;
};
struct DomainIsPersistentRet {
    std::int32_t persistent{};
};
inline constexpr Procedure<DomainIsPersistentArgs, DomainIsPersistentRet> domain_is_persistent{
    Program::Remote, 151, "DOMAIN_IS_PERSISTENT", "domain:read"};

struct DomainCreateWithFlagsArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainCreateWithFlagsRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainCreateWithFlagsArgs, DomainCreateWithFlagsRet> domain_create_with_flags{
    Program::Remote, 196, "DOMAIN_CREATE_WITH_FLAGS", "domain:start"};

struct DomainIsUpdatedArgs {
    DomainHandle dom;
};
struct DomainIsUpdatedRet {
    std::int32_t updated{};
};
inline constexpr Procedure<DomainIsUpdatedArgs, DomainIsUpdatedRet> domain_is_updated{
    Program::Remote, 202, "DOMAIN_IS_UPDATED", "domain:read"};

struct DomainGetStateArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetStateRet {
    std::int32_t state{};
    std::int32_t reason{};
};
inline constexpr Procedure<DomainGetStateArgs, DomainGetStateRet> domain_get_state{
    Program::Remote, 212, "DOMAIN_GET_STATE", "domain:read"};

struct DomainGetControlInfoArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetControlInfoRet {
    std::uint32_t state{}, details{};
    std::uint64_t state_time{};
};
inline constexpr Procedure<DomainGetControlInfoArgs, DomainGetControlInfoRet> domain_get_control_info{
    Program::Remote, 229, "DOMAIN_GET_CONTROL_INFO", "domain:read"};

struct DomainUndefineFlagsArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainUndefineFlagsArgs, Nothing> domain_undefine_flags{
    Program::Remote, 231, "DOMAIN_UNDEFINE_FLAGS", "domain:delete"};

struct DomainDestroyFlagsArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainDestroyFlagsArgs, Nothing> domain_destroy_flags{
    Program::Remote, 234, "DOMAIN_DESTROY_FLAGS", "domain:stop"};

struct DomainResetArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainResetArgs, Nothing> domain_reset{Program::Remote, 245, "DOMAIN_RESET",
                                                                  "domain:reset"};

struct DomainShutdownFlagsArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainShutdownFlagsArgs, Nothing> domain_shutdown_flags{
    Program::Remote, 258, "DOMAIN_SHUTDOWN_FLAGS",
    "domain:init_control domain:write:VIR_DOMAIN_SHUTDOWN_GUEST_AGENT"};

struct DomainSetMetadataArgs {
    DomainHandle dom;
    std::int32_t type{};
    std::optional<std::string> metadata, key, uri;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetMetadataArgs, Nothing> domain_set_metadata{
    Program::Remote, 264, "DOMAIN_SET_METADATA",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetMetadataArgs {
    DomainHandle dom;
    std::int32_t type{};
    std::optional<std::string> uri;
    std::uint32_t flags{};
};
struct DomainGetMetadataRet {
    std::string metadata;
};
inline constexpr Procedure<DomainGetMetadataArgs, DomainGetMetadataRet> domain_get_metadata{
    Program::Remote, 265, "DOMAIN_GET_METADATA", "domain:read"};

struct ConnectListAllDomainsArgs {
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectListAllDomainsRet {
    List<DomainHandle, 16384> domains;
    std::uint32_t ret{};
};
inline constexpr Procedure<ConnectListAllDomainsArgs, ConnectListAllDomainsRet> connect_list_all_domains{
    Program::Remote, 273, "CONNECT_LIST_ALL_DOMAINS", "connect:search_domains"};

struct DomainCreateXmlWithFilesArgs {
    std::string xml_desc;
    std::uint32_t flags{};
};
struct DomainCreateXmlWithFilesRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainCreateXmlWithFilesArgs, DomainCreateXmlWithFilesRet>
    domain_create_xml_with_files{Program::Remote, 309, "DOMAIN_CREATE_XML_WITH_FILES",
                                 "domain:write domain:start"};

struct DomainCreateWithFilesArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainCreateWithFilesRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainCreateWithFilesArgs, DomainCreateWithFilesRet> domain_create_with_files{
    Program::Remote, 310, "DOMAIN_CREATE_WITH_FILES", "domain:start"};

struct ConnectGetDomainCapabilitiesArgs {
    std::optional<std::string> emulatorbin, arch, machine, virttype;
    std::uint32_t flags{};
};
struct ConnectGetDomainCapabilitiesRet {
    std::string capabilities;
};
inline constexpr Procedure<ConnectGetDomainCapabilitiesArgs, ConnectGetDomainCapabilitiesRet>
    connect_get_domain_capabilities{Program::Remote, 342, "CONNECT_GET_DOMAIN_CAPABILITIES", "connect:write"};

struct ConnectGetAllDomainStatsArgs {
    List<DomainHandle, 16384> doms;
    std::uint32_t stats{}, flags{};
};
struct DomainStatsRecord {
    DomainHandle dom;
    List<TypedParameter, 262144> params;
};
struct ConnectGetAllDomainStatsRet {
    List<DomainStatsRecord, 16384> ret_stats;
};
inline constexpr Procedure<ConnectGetAllDomainStatsArgs, ConnectGetAllDomainStatsRet>
    connect_get_all_domain_stats{Program::Remote, 344, "CONNECT_GET_ALL_DOMAIN_STATS",
                                 "connect:search_domains"};

struct DomainDefineXmlFlagsArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct DomainDefineXmlFlagsRet {
    DomainHandle dom;
};
inline constexpr Procedure<DomainDefineXmlFlagsArgs, DomainDefineXmlFlagsRet> domain_define_xml_flags{
    Program::Remote, 350, "DOMAIN_DEFINE_XML_FLAGS", "domain:write domain:save"};

struct DomainRenameArgs {
    DomainHandle dom;
    std::optional<std::string> new_name;
    std::uint32_t flags{};
};
struct DomainRenameRet {
    std::int32_t retcode{};
};
inline constexpr Procedure<DomainRenameArgs, DomainRenameRet> domain_rename{
    Program::Remote, 358, "DOMAIN_RENAME", "domain:write domain:save"};

struct DomainSetLifecycleActionArgs {
    DomainHandle dom;
    std::uint32_t type{}, action{}, flags{};
};
inline constexpr Procedure<DomainSetLifecycleActionArgs, Nothing> domain_set_lifecycle_action{
    Program::Remote, 390, "DOMAIN_SET_LIFECYCLE_ACTION", "domain:write"};

struct DomainFdAssociateArgs {
    DomainHandle dom;
    std::string name;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainFdAssociateArgs, Nothing> domain_fd_associate{
    Program::Remote, 443, "DOMAIN_FD_ASSOCIATE", "domain:write"};

} // namespace vireo::protocol
