// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: the admin program.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct AdminConnectOpenArgs {
    std::uint32_t flags{};
};
inline constexpr Procedure<AdminConnectOpenArgs, Nothing> admin_connect_open{Program::Admin, 1,
                                                                             "CONNECT_OPEN", ""};

inline constexpr Procedure<Nothing, Nothing> admin_connect_close{Program::Admin, 2, "CONNECT_CLOSE", ""};

struct AdminConnectGetLibVersionRet {
    std::uint64_t lib_ver{};
};
inline constexpr Procedure<Nothing, AdminConnectGetLibVersionRet> admin_connect_get_lib_version{
    Program::Admin, 3, "CONNECT_GET_LIB_VERSION", ""};

struct AdminConnectListServersArgs {
    std::uint32_t need_results{};
    std::uint32_t flags{};
};
struct AdminServerHandle {
    std::string name;
};
struct AdminConnectListServersRet {
    List<AdminServerHandle, 16384> servers;
    std::uint32_t ret{};
};
inline constexpr Procedure<AdminConnectListServersArgs, AdminConnectListServersRet>
    admin_connect_list_servers{Program::Admin, 4, "CONNECT_LIST_SERVERS", ""};

struct AdminConnectLookupServerArgs {
    std::string name;
    std::uint32_t flags{};
};
struct AdminConnectLookupServerRet {
    AdminServerHandle srv;
};
inline constexpr Procedure<AdminConnectLookupServerArgs, AdminConnectLookupServerRet>
    admin_connect_lookup_server{Program::Admin, 5, "CONNECT_LOOKUP_SERVER", ""};

struct AdminServerGetThreadpoolParametersArgs {
    AdminServerHandle srv;
    std::uint32_t flags{};
};
struct AdminServerGetThreadpoolParametersRet {
    List<TypedParameter, 32> params;
};
inline constexpr Procedure<AdminServerGetThreadpoolParametersArgs, AdminServerGetThreadpoolParametersRet>
    admin_server_get_threadpool_parameters{Program::Admin, 6, "SERVER_GET_THREADPOOL_PARAMETERS", ""};

struct AdminServerSetThreadpoolParametersArgs {
    AdminServerHandle srv;
    List<TypedParameter, 32> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<AdminServerSetThreadpoolParametersArgs, Nothing>
    admin_server_set_threadpool_parameters{Program::Admin, 7, "SERVER_SET_THREADPOOL_PARAMETERS", ""};

struct AdminServerListClientsArgs {
    AdminServerHandle srv;
    std::uint32_t need_results{}, flags{};
};
struct AdminClientHandle {
    AdminServerHandle srv;
    std::uint64_t id{};
    std::int64_t timestamp{};
    std::uint32_t transport{};
};
struct AdminServerListClientsRet {
    List<AdminClientHandle, 16384> clients;
    std::uint32_t ret{};
};
inline constexpr Procedure<AdminServerListClientsArgs, AdminServerListClientsRet> admin_server_list_clients{
    Program::Admin, 8, "SERVER_LIST_CLIENTS", ""};

struct AdminServerLookupClientArgs {
    AdminServerHandle srv;
    std::uint64_t id{};
    std::uint32_t flags{};
};
struct AdminServerLookupClientRet {
    AdminClientHandle clnt;
};
inline constexpr Procedure<AdminServerLookupClientArgs, AdminServerLookupClientRet>
    admin_server_lookup_client{Program::Admin, 9, "SERVER_LOOKUP_CLIENT", ""};

struct AdminClientGetInfoArgs {
    AdminClientHandle clnt;
    std::uint32_t flags{};
};
struct AdminClientGetInfoRet {
    List<TypedParameter, 64> params;
};
inline constexpr Procedure<AdminClientGetInfoArgs, AdminClientGetInfoRet> admin_client_get_info{
    Program::Admin, 10, "CLIENT_GET_INFO", ""};

struct AdminClientCloseArgs {
    AdminClientHandle clnt;
    std::uint32_t flags{};
};
inline constexpr Procedure<AdminClientCloseArgs, Nothing> admin_client_close{Program::Admin, 11,
                                                                             "CLIENT_CLOSE", ""};

struct AdminServerGetClientLimitsArgs {
    AdminServerHandle srv;
    std::uint32_t flags{};
};
struct AdminServerGetClientLimitsRet {
    List<TypedParameter, 32> params;
};
inline constexpr Procedure<AdminServerGetClientLimitsArgs, AdminServerGetClientLimitsRet>
    admin_server_get_client_limits{Program::Admin, 12, "SERVER_GET_CLIENT_LIMITS", ""};

struct AdminServerSetClientLimitsArgs {
    AdminServerHandle srv;
    List<TypedParameter, 32> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<AdminServerSetClientLimitsArgs, Nothing> admin_server_set_client_limits{
    Program::Admin, 13, "SERVER_SET_CLIENT_LIMITS", ""};

struct AdminConnectGetLoggingOutputsArgs {
    std::uint32_t flags{};
};
struct AdminConnectGetLoggingOutputsRet {
    std::string outputs;
    std::uint32_t noutputs{};
};
inline constexpr Procedure<AdminConnectGetLoggingOutputsArgs, AdminConnectGetLoggingOutputsRet>
    admin_connect_get_logging_outputs{Program::Admin, 14, "CONNECT_GET_LOGGING_OUTPUTS", ""};

struct AdminConnectGetLoggingFiltersArgs {
    std::uint32_t flags{};
};
struct AdminConnectGetLoggingFiltersRet {
    std::optional<std::string> filters;
    std::uint32_t nfilters{};
};
inline constexpr Procedure<AdminConnectGetLoggingFiltersArgs, AdminConnectGetLoggingFiltersRet>
    admin_connect_get_logging_filters{Program::Admin, 15, "CONNECT_GET_LOGGING_FILTERS", ""};

struct AdminConnectSetLoggingOutputsArgs {
    std::optional<std::string> outputs;
    std::uint32_t flags{};
};
inline constexpr Procedure<AdminConnectSetLoggingOutputsArgs, Nothing> admin_connect_set_logging_outputs{
    Program::Admin, 16, "CONNECT_SET_LOGGING_OUTPUTS", ""};

struct AdminConnectSetLoggingFiltersArgs {
    std::optional<std::string> filters;
    std::uint32_t flags{};
};
inline constexpr Procedure<AdminConnectSetLoggingFiltersArgs, Nothing> admin_connect_set_logging_filters{
    Program::Admin, 17, "CONNECT_SET_LOGGING_FILTERS", ""};

struct AdminServerUpdateTlsFilesArgs {
    AdminServerHandle srv;
    std::uint32_t flags{};
};
inline constexpr Procedure<AdminServerUpdateTlsFilesArgs, Nothing> admin_server_update_tls_files{
    Program::Admin, 18, "SERVER_UPDATE_TLS_FILES", ""};

struct AdminConnectSetDaemonTimeoutArgs {
    std::uint32_t timeout{};
    std::uint32_t flags{};
};
inline constexpr Procedure<AdminConnectSetDaemonTimeoutArgs, Nothing> admin_connect_set_daemon_timeout{
    Program::Admin, 19, "CONNECT_SET_DAEMON_TIMEOUT", ""};

} // namespace vireo::protocol
