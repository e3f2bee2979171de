// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: connecting, authentication and what a connection tells of itself.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct ConnectOpenArgs {
    std::optional<std::string> name;
    std::uint32_t flags{};
};
inline constexpr Procedure<ConnectOpenArgs, Nothing> connect_open{Program::Remote, 1, "CONNECT_OPEN",
                                                                  "connect:getattr"};

inline constexpr Procedure<Nothing, Nothing> connect_close{Program::Remote, 2, "CONNECT_CLOSE", "none"};

struct ConnectGetTypeRet {
    std::string type;
};
inline constexpr Procedure<Nothing, ConnectGetTypeRet> connect_get_type{
    Program::Remote, 3, "CONNECT_GET_TYPE", "connect:getattr"};

struct ConnectGetVersionRet {
    std::uint64_t hv_ver{};
};
inline constexpr Procedure<Nothing, ConnectGetVersionRet> connect_get_version{
    Program::Remote, 4, "CONNECT_GET_VERSION", "connect:getattr"};

struct ConnectGetMaxVcpusArgs {
    std::optional<std::string> type;
};
struct ConnectGetMaxVcpusRet {
    std::int32_t max_vcpus{};
};
inline constexpr Procedure<ConnectGetMaxVcpusArgs, ConnectGetMaxVcpusRet> connect_get_max_vcpus{
    Program::Remote, 5, "CONNECT_GET_MAX_VCPUS", "connect:read"};

struct ConnectGetCapabilitiesRet {
    std::string capabilities;
};
inline constexpr Procedure<Nothing, ConnectGetCapabilitiesRet> connect_get_capabilities{
    Program::Remote, 7, "CONNECT_GET_CAPABILITIES", "connect:read"};

struct ConnectGetHostnameRet {
    std::string hostname;
};
inline constexpr Procedure<Nothing, ConnectGetHostnameRet> connect_get_hostname{
    Program::Remote, 59, "CONNECT_GET_HOSTNAME", "connect:getattr"};

struct ConnectSupportsFeatureArgs {
    std::int32_t feature{};
};
struct ConnectSupportsFeatureRet {
    std::int32_t supported{};
};
inline constexpr Procedure<ConnectSupportsFeatureArgs, ConnectSupportsFeatureRet> connect_supports_feature{
    Program::Remote, 60, "CONNECT_SUPPORTS_FEATURE", "connect:getattr"};

struct AuthListRet {
    List<AuthType, 20> types;
};
inline constexpr Procedure<Nothing, AuthListRet> auth_list{Program::Remote, 66, "AUTH_LIST", "none"};

struct AuthSaslInitRet {
    std::string mechlist;
};
inline constexpr Procedure<Nothing, AuthSaslInitRet> auth_sasl_init{Program::Remote, 67, "AUTH_SASL_INIT",
                                                                    "none"};

struct AuthSaslStartArgs {
    std::string mech;
    std::int32_t nil{};
    List<char, 65536> data;
};
struct AuthSaslStartRet {
    std::int32_t complete{};
    std::int32_t nil{};
    List<char, 65536> data;
};
inline constexpr Procedure<AuthSaslStartArgs, AuthSaslStartRet> auth_sasl_start{Program::Remote, 68,
                                                                                "AUTH_SASL_START", "none"};

struct AuthSaslStepArgs {
    std::int32_t nil{};
    List<char, 65536> data;
};
struct AuthSaslStepRet {
    std::int32_t complete{};
    std::int32_t nil{};
    List<char, 65536> data;
};
inline constexpr Procedure<AuthSaslStepArgs, AuthSaslStepRet> auth_sasl_step{Program::Remote, 69,
                                                                             "AUTH_SASL_STEP", "none"};

struct AuthPolkitRet {
    std::int32_t complete{};
};
inline constexpr Procedure<Nothing, AuthPolkitRet> auth_polkit{Program::Remote, 70, "AUTH_POLKIT", "none"};

struct ConnectGetUriRet {
    std::string uri;
};
inline constexpr Procedure<Nothing, ConnectGetUriRet> connect_get_uri{Program::Remote, 110, "CONNECT_GET_URI",
                                                                      "connect:getattr"};

struct ConnectIsSecureRet {
    std::int32_t secure{};
};
inline constexpr Procedure<Nothing, ConnectIsSecureRet> connect_is_secure{Program::Remote, 149,
                                                                          "CONNECT_IS_SECURE", "none"};

struct ConnectGetLibVersionRet {
    std::uint64_t lib_ver{};
};
inline constexpr Procedure<Nothing, ConnectGetLibVersionRet> connect_get_lib_version{
    Program::Remote, 157, "CONNECT_GET_LIB_VERSION", "connect:getattr"};

struct ConnectCompareCpuArgs {
    std::string xml;
    std::uint32_t flags{};
};
struct ConnectCompareCpuRet {
    std::int32_t result{};
};
inline constexpr Procedure<ConnectCompareCpuArgs, ConnectCompareCpuRet> connect_compare_cpu{
    Program::Remote, 158, "CONNECT_COMPARE_CPU", "connect:read"};

struct ConnectBaselineCpuArgs {
    List<std::string, 256> xml_cp_us;
    std::uint32_t flags{};
};
struct ConnectBaselineCpuRet {
    std::string cpu;
};
inline constexpr Procedure<ConnectBaselineCpuArgs, ConnectBaselineCpuRet> connect_baseline_cpu{
    Program::Remote, 162, "CONNECT_BASELINE_CPU", "connect:read"};

struct ConnectGetSysinfoArgs {
    std::uint32_t flags{};
};
struct ConnectGetSysinfoRet {
    std::string sysinfo;
};
inline constexpr Procedure<ConnectGetSysinfoArgs, ConnectGetSysinfoRet> connect_get_sysinfo{
    Program::Remote, 203, "CONNECT_GET_SYSINFO", "connect:read"};

struct ConnectGetCpuModelNamesArgs {
    std::string arch;
    std::int32_t need_results{};
    std::uint32_t flags{};
};
struct ConnectGetCpuModelNamesRet {
    List<std::string, 8192> models;
    std::int32_t ret{};
};
inline constexpr Procedure<ConnectGetCpuModelNamesArgs, ConnectGetCpuModelNamesRet>
    connect_get_cpu_model_names{Program::Remote, 312, "CONNECT_GET_CPU_MODEL_NAMES", "connect:read"};

inline constexpr Procedure<Nothing, Nothing> connect_register_close_callback{
    Program::Remote, 360, "CONNECT_REGISTER_CLOSE_CALLBACK", "connect:getattr"};

inline constexpr Procedure<Nothing, Nothing> connect_unregister_close_callback{
    Program::Remote, 361, "CONNECT_UNREGISTER_CLOSE_CALLBACK", "connect:getattr"};

struct ConnectEventConnectionClosedMsg {
    std::int32_t reason{};
};
inline constexpr Event<ConnectEventConnectionClosedMsg> connect_event_connection_closed{
    Program::Remote, 362, "CONNECT_EVENT_CONNECTION_CLOSED"};

struct ConnectCompareHypervisorCpuArgs {
    std::optional<std::string> emulator, arch, machine, virttype;
    std::string xml_cpu;
    std::uint32_t flags{};
};
struct ConnectCompareHypervisorCpuRet {
    std::int32_t result{};
};
inline constexpr Procedure<ConnectCompareHypervisorCpuArgs, ConnectCompareHypervisorCpuRet>
    connect_compare_hypervisor_cpu{Program::Remote, 393, "CONNECT_COMPARE_HYPERVISOR_CPU", "connect:write"};

struct ConnectBaselineHypervisorCpuArgs {
    std::optional<std::string> emulator, arch, machine, virttype;
    List<std::string, 256> xml_cp_us;
    std::uint32_t flags{};
};
struct ConnectBaselineHypervisorCpuRet {
    std::string cpu;
};
inline constexpr Procedure<ConnectBaselineHypervisorCpuArgs, ConnectBaselineHypervisorCpuRet>
    connect_baseline_hypervisor_cpu{Program::Remote, 394, "CONNECT_BASELINE_HYPERVISOR_CPU", "connect:write"};

struct ConnectSetIdentityArgs {
    List<TypedParameter, 20> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<ConnectSetIdentityArgs, Nothing> connect_set_identity{
    Program::Remote, 419, "CONNECT_SET_IDENTITY", "connect:write"};

} // namespace vireo::protocol
