// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: the qemu program.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct QemuDomainMonitorCommandArgs {
    DomainHandle dom;
    std::string cmd;
    std::uint32_t flags{};
};
struct QemuDomainMonitorCommandRet {
    std::string result;
};
inline constexpr Procedure<QemuDomainMonitorCommandArgs, QemuDomainMonitorCommandRet>
    qemu_domain_monitor_command{Program::Qemu, 1, "DOMAIN_MONITOR_COMMAND", "domain:write"};

struct QemuDomainAttachArgs {
    std::uint32_t pid_value{};
    std::uint32_t flags{};
};
struct QemuDomainAttachRet {
    DomainHandle dom;
};
inline constexpr Procedure<QemuDomainAttachArgs, QemuDomainAttachRet> qemu_domain_attach{
    Program::Qemu, 2, "DOMAIN_ATTACH", "domain:start domain:write"};

struct QemuDomainAgentCommandArgs {
    DomainHandle dom;
    std::string cmd;
    std::int32_t timeout{};
    std::uint32_t flags{};
};
struct QemuDomainAgentCommandRet {
    std::optional<std::string> result;
};
inline constexpr Procedure<QemuDomainAgentCommandArgs, QemuDomainAgentCommandRet> qemu_domain_agent_command{
    Program::Qemu, 3, "DOMAIN_AGENT_COMMAND", "domain:write"};

struct QemuConnectDomainMonitorEventRegisterArgs {
    std::optional<DomainHandle> dom;
    std::optional<std::string> event;
    std::uint32_t flags{};
};
struct QemuConnectDomainMonitorEventRegisterRet {
    std::int32_t callback_id{};
};
inline constexpr Procedure<QemuConnectDomainMonitorEventRegisterArgs,
                           QemuConnectDomainMonitorEventRegisterRet>
    qemu_connect_domain_monitor_event_register{Program::Qemu, 4, "CONNECT_DOMAIN_MONITOR_EVENT_REGISTER",
                                               "connect:search_domains connect:write"};

struct QemuConnectDomainMonitorEventDeregisterArgs {
    std::int32_t callback_id{};
};
inline constexpr Procedure<QemuConnectDomainMonitorEventDeregisterArgs, Nothing>
    qemu_connect_domain_monitor_event_deregister{Program::Qemu, 5, "CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER",
                                                 "connect:write"};

struct QemuDomainMonitorEventMsg {
    std::int32_t callback_id{};
    DomainHandle dom;
    std::string event;
    std::int64_t seconds{};
    std::uint32_t micros{};
    std::optional<std::string> details;
};
inline constexpr Event<QemuDomainMonitorEventMsg> qemu_domain_monitor_event{Program::Qemu, 6,
                                                                            "DOMAIN_MONITOR_EVENT"};

struct QemuDomainMonitorCommandWithFilesArgs {
    DomainHandle dom;
    std::string cmd;
    std::uint32_t flags{};
};
struct QemuDomainMonitorCommandWithFilesRet {
    std::string result;
};
inline constexpr Procedure<QemuDomainMonitorCommandWithFilesArgs, QemuDomainMonitorCommandWithFilesRet>
    qemu_domain_monitor_command_with_files{Program::Qemu, 7, "DOMAIN_MONITOR_COMMAND_WITH_FILES",
                                           "domain:write"};

} // namespace vireo::protocol
