// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: what is inside a guest: consoles, keys, file systems, the agent.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct DomainInterfaceStatsArgs {
    DomainHandle dom;
    std::string device;
};
struct DomainInterfaceStatsRet {
    std::int64_t rx_bytes{}, rx_packets{}, rx_errs{}, rx_drop{}, tx_bytes{}, tx_packets{}, tx_errs{},
        tx_drop{};
};
inline constexpr Procedure<DomainInterfaceStatsArgs, DomainInterfaceStatsRet> domain_interface_stats{
    Program::Remote, 65, "DOMAIN_INTERFACE_STATS", "domain:read"};

struct DomainMemoryPeekArgs {
    DomainHandle dom;
    std::uint64_t offset{};
    std::uint32_t size{}, flags{};
};
struct DomainMemoryPeekRet {
    Bytes<4194304> buffer;
};
inline constexpr Procedure<DomainMemoryPeekArgs, DomainMemoryPeekRet> domain_memory_peek{
    Program::Remote, 104, "DOMAIN_MEMORY_PEEK", "domain:mem_read"};

struct DomainOpenConsoleArgs {
    DomainHandle dom;
    std::optional<std::string> dev_name;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainOpenConsoleArgs, Nothing> domain_open_console{
    Program::Remote, 201, "DOMAIN_OPEN_CONSOLE", "domain:open_device"};

struct DomainInjectNmiArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainInjectNmiArgs, Nothing> domain_inject_nmi{
    Program::Remote, 210, "DOMAIN_INJECT_NMI", "domain:inject_nmi"};

struct DomainScreenshotArgs {
    DomainHandle dom;
    std::uint32_t screen{};
    std::uint32_t flags{};
};
struct DomainScreenshotRet {
    std::optional<std::string> mime;
};
inline constexpr Procedure<DomainScreenshotArgs, DomainScreenshotRet> domain_screenshot{
    Program::Remote, 211, "DOMAIN_SCREENSHOT", "domain:screenshot"};

struct DomainSendKeyArgs {
    DomainHandle dom;
    std::uint32_t codeset{}, holdtime{};
    List<std::uint32_t, 16> keycodes;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSendKeyArgs, Nothing> domain_send_key{
    Program::Remote, 226, "DOMAIN_SEND_KEY", "domain:send_input"};

struct DomainOpenGraphicsArgs {
    DomainHandle dom;
    std::uint32_t idx{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainOpenGraphicsArgs, Nothing> domain_open_graphics{
    Program::Remote, 249, "DOMAIN_OPEN_GRAPHICS", "domain:open_graphics"};

struct DomainSetInterfaceParametersArgs {
    DomainHandle dom;
    std::string device;
    List<TypedParameter, 16> params;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetInterfaceParametersArgs, Nothing> domain_set_interface_parameters{
    Program::Remote, 256, "DOMAIN_SET_INTERFACE_PARAMETERS",
    "domain:write domain:save:!VIR_DOMAIN_AFFECT_CONFIG|VIR_DOMAIN_AFFECT_LIVE "
    "domain:save:VIR_DOMAIN_AFFECT_CONFIG"};

struct DomainGetInterfaceParametersArgs {
    DomainHandle dom;
    std::string device;
    std::int32_t nparams{};
    std::uint32_t flags{};
};
struct DomainGetInterfaceParametersRet {
    List<TypedParameter, 16> params;
    std::int32_t nparams{};
};
inline constexpr Procedure<DomainGetInterfaceParametersArgs, DomainGetInterfaceParametersRet>
    domain_get_interface_parameters{Program::Remote, 257, "DOMAIN_GET_INTERFACE_PARAMETERS", "domain:read"};

struct DomainPmSuspendForDurationArgs {
    DomainHandle dom;
    std::uint32_t target{};
    std::uint64_t duration{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainPmSuspendForDurationArgs, Nothing> domain_pm_suspend_for_duration{
    Program::Remote, 261, "DOMAIN_PM_SUSPEND_FOR_DURATION", "domain:pm_control"};

struct DomainPmWakeupArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainPmWakeupArgs, Nothing> domain_pm_wakeup{
    Program::Remote, 267, "DOMAIN_PM_WAKEUP", "domain:pm_control"};

struct DomainGetHostnameArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetHostnameRet {
    std::string hostname;
};
inline constexpr Procedure<DomainGetHostnameArgs, DomainGetHostnameRet> domain_get_hostname{
    Program::Remote, 277, "DOMAIN_GET_HOSTNAME", "domain:write"};

struct DomainFstrimArgs {
    DomainHandle dom;
    std::optional<std::string> mount_point;
    std::uint64_t minimum{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainFstrimArgs, Nothing> domain_fstrim{Program::Remote, 294, "DOMAIN_FSTRIM",
                                                                    "domain:fs_trim"};

struct DomainSendProcessSignalArgs {
    DomainHandle dom;
    std::int64_t pid_value{};
    std::uint32_t signum{}, flags{};
};
inline constexpr Procedure<DomainSendProcessSignalArgs, Nothing> domain_send_process_signal{
    Program::Remote, 295, "DOMAIN_SEND_PROCESS_SIGNAL", "domain:send_signal"};

struct DomainOpenChannelArgs {
    DomainHandle dom;
    std::optional<std::string> name;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainOpenChannelArgs, Nothing> domain_open_channel{
    Program::Remote, 296, "DOMAIN_OPEN_CHANNEL", "domain:open_device"};

struct DomainFsfreezeArgs {
    DomainHandle dom;
    List<std::string, 256> mountpoints;
    std::uint32_t flags{};
};
struct DomainFsfreezeRet {
    std::int32_t filesystems{};
};
inline constexpr Procedure<DomainFsfreezeArgs, DomainFsfreezeRet> domain_fsfreeze{
    Program::Remote, 335, "DOMAIN_FSFREEZE", "domain:fs_freeze"};

struct DomainFsthawArgs {
    DomainHandle dom;
    List<std::string, 256> mountpoints;
    std::uint32_t flags{};
};
struct DomainFsthawRet {
    std::int32_t filesystems{};
};
inline constexpr Procedure<DomainFsthawArgs, DomainFsthawRet> domain_fsthaw{
    Program::Remote, 336, "DOMAIN_FSTHAW", "domain:fs_freeze"};

struct DomainGetTimeArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetTimeRet {
    std::int64_t seconds{};
    std::uint32_t nseconds{};
};
inline constexpr Procedure<DomainGetTimeArgs, DomainGetTimeRet> domain_get_time{
    Program::Remote, 337, "DOMAIN_GET_TIME", "domain:write"};

struct DomainSetTimeArgs {
    DomainHandle dom;
    std::int64_t seconds{};
    std::uint32_t nseconds{}, flags{};
};
inline constexpr Procedure<DomainSetTimeArgs, Nothing> domain_set_time{Program::Remote, 338,
                                                                       "DOMAIN_SET_TIME", "domain:set_time"};

struct DomainOpenGraphicsFdArgs {
    DomainHandle dom;
    std::uint32_t idx{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainOpenGraphicsFdArgs, Nothing> domain_open_graphics_fd{
    Program::Remote, 343, "DOMAIN_OPEN_GRAPHICS_FD", "domain:open_graphics"};

struct DomainGetFsinfoArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainFsinfo {
    std::string mountpoint, name, fstype;
    List<std::string, 256> dev_aliases;
};
struct DomainGetFsinfoRet {
    List<DomainFsinfo, 256> info;
    std::uint32_t ret{};
};
inline constexpr Procedure<DomainGetFsinfoArgs, DomainGetFsinfoRet> domain_get_fsinfo{
    Program::Remote, 349, "DOMAIN_GET_FSINFO", "domain:fs_freeze"};

struct DomainInterfaceAddressesArgs {
    DomainHandle dom;
    std::uint32_t source{};
    std::uint32_t flags{};
};
struct DomainIpAddr {
    std::int32_t type{};
    std::string addr;
    std::uint32_t prefix{};
};
struct DomainInterface {
    std::string name;
    std::optional<std::string> hwaddr;
    List<DomainIpAddr, 2048> addrs;
};
struct DomainInterfaceAddressesRet {
    List<DomainInterface, 2048> ifaces;
};
inline constexpr Procedure<DomainInterfaceAddressesArgs, DomainInterfaceAddressesRet>
    domain_interface_addresses{Program::Remote, 353, "DOMAIN_INTERFACE_ADDRESSES",
                               "domain:read domain:write::source:VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT"};

struct DomainSetUserPasswordArgs {
    DomainHandle dom;
    std::optional<std::string> user, password;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetUserPasswordArgs, Nothing> domain_set_user_password{
    Program::Remote, 357, "DOMAIN_SET_USER_PASSWORD", "domain:set_password"};

struct DomainGetGuestVcpusArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetGuestVcpusRet {
    List<TypedParameter, 64> params;
};
inline constexpr Procedure<DomainGetGuestVcpusArgs, DomainGetGuestVcpusRet> domain_get_guest_vcpus{
    Program::Remote, 371, "DOMAIN_GET_GUEST_VCPUS", "domain:write"};

struct DomainSetGuestVcpusArgs {
    DomainHandle dom;
    std::string cpumap;
    std::int32_t state{};
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainSetGuestVcpusArgs, Nothing> domain_set_guest_vcpus{
    Program::Remote, 372, "DOMAIN_SET_GUEST_VCPUS", "domain:write"};

struct DomainGetGuestInfoArgs {
    DomainHandle dom;
    std::uint32_t types{};
    std::uint32_t flags{};
};
struct DomainGetGuestInfoRet {
    List<TypedParameter, 2048> params;
};
inline constexpr Procedure<DomainGetGuestInfoArgs, DomainGetGuestInfoRet> domain_get_guest_info{
    Program::Remote, 418, "DOMAIN_GET_GUEST_INFO", "domain:write"};

struct DomainAgentSetResponseTimeoutArgs {
    DomainHandle dom;
    std::int32_t timeout{};
    std::uint32_t flags{};
};
struct DomainAgentSetResponseTimeoutRet {
    std::int32_t result{};
};
inline constexpr Procedure<DomainAgentSetResponseTimeoutArgs, DomainAgentSetResponseTimeoutRet>
    domain_agent_set_response_timeout{Program::Remote, 420, "DOMAIN_AGENT_SET_RESPONSE_TIMEOUT",
                                      "domain:write"};

struct DomainAuthorizedSshKeysGetArgs {
    DomainHandle dom;
    std::string user;
    std::uint32_t flags{};
};
struct DomainAuthorizedSshKeysGetRet {
    List<std::string, 2048> keys;
};
inline constexpr Procedure<DomainAuthorizedSshKeysGetArgs, DomainAuthorizedSshKeysGetRet>
    domain_authorized_ssh_keys_get{Program::Remote, 424, "DOMAIN_AUTHORIZED_SSH_KEYS_GET", "domain:write"};

struct DomainAuthorizedSshKeysSetArgs {
    DomainHandle dom;
    std::string user;
    List<std::string, 2048> keys;
    std::uint32_t flags{};
};
inline constexpr Procedure<DomainAuthorizedSshKeysSetArgs, Nothing> domain_authorized_ssh_keys_set{
    Program::Remote, 425, "DOMAIN_AUTHORIZED_SSH_KEYS_SET", "domain:write"};

struct DomainGetMessagesArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
struct DomainGetMessagesRet {
    List<std::string, 2048> msgs;
};
inline constexpr Procedure<DomainGetMessagesArgs, DomainGetMessagesRet> domain_get_messages{
    Program::Remote, 426, "DOMAIN_GET_MESSAGES", "domain:read"};

} // namespace vireo::protocol
