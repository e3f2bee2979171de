// SPDX-License-Identifier: Apache-2.0
#include "daemon/qemu_calls.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
constexpr std::uint32_t human_flag = 1;

/// virDomainQemuAgentCommandTimeoutValues: what is not a number of seconds.
constexpr std::int32_t for_ever = -2, by_default = -1;
constexpr std::chrono::seconds default_patience{5};

hypervisor::AgentPatience patience_of(std::int32_t timeout) {
    if (timeout < for_ever)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Qemu,
                    fmt::format("an agent cannot be given {} seconds to answer", timeout));
    if (timeout == for_ever) return {std::nullopt};
    return {timeout == by_default ? default_patience : std::chrono::seconds{timeout}};
}
} // namespace

awaitable<protocol::QemuDomainMonitorCommandRet>
QemuCalls::monitor_command(Session& session, protocol::QemuDomainMonitorCommandArgs args) {
    check_flags(args.flags, human_flag, "virDomainQemuMonitorCommand");
    auto domain = require_domain(session, args.dom);
    std::vector<Fd> none;
    protocol::QemuDomainMonitorCommandRet answer;
    answer.result = co_await driver_of(session).monitor_command(
        domain->uuid, domain->name, std::move(args.cmd), args.flags == human_flag, std::move(none));
    co_return answer;
}

awaitable<protocol::QemuDomainMonitorCommandWithFilesRet>
QemuCalls::monitor_command_with_files(Session& session, protocol::QemuDomainMonitorCommandWithFilesArgs args,
                                      std::vector<Fd> files) {
    check_flags(args.flags, human_flag, "virDomainQemuMonitorCommandWithFiles");
    auto domain = require_domain(session, args.dom);
    protocol::QemuDomainMonitorCommandWithFilesRet answer;
    answer.result = co_await driver_of(session).monitor_command(
        domain->uuid, domain->name, std::move(args.cmd), args.flags == human_flag, std::move(files));
    co_return answer;
}

awaitable<protocol::QemuDomainAgentCommandRet>
QemuCalls::agent_command(Session& session, protocol::QemuDomainAgentCommandArgs args) {
    check_flags(args.flags, 0, "virDomainQemuAgentCommand");
    auto domain = require_domain(session, args.dom);
    auto patience = patience_of(args.timeout);
    protocol::QemuDomainAgentCommandRet answer;
    answer.result =
        co_await driver_of(session).agent_command(domain->uuid, domain->name, std::move(args.cmd), patience);
    co_return answer;
}

protocol::QemuConnectDomainMonitorEventRegisterRet
QemuCalls::register_event(Session& session, protocol::QemuConnectDomainMonitorEventRegisterArgs args) {
    check_flags(args.flags, MonitorEventFilter::regex_flag | MonitorEventFilter::no_case_flag,
                "virConnectDomainQemuMonitorEventRegister");
    std::optional<Uuid> domain;
    if (args.dom) domain = require_domain(session, *args.dom)->uuid;
    MonitorEventFilter filter{args.event, args.flags};
    return {connection_of(session).events().register_monitor(std::move(filter), domain)};
}

void QemuCalls::deregister_event(Session& session,
                                 protocol::QemuConnectDomainMonitorEventDeregisterArgs args) {
    connection_of(session).events().deregister_monitor(args.callback_id);
}

void QemuCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = QemuCalls;
    dispatcher.on<&C::monitor_command>(protocol::qemu_domain_monitor_command, *this);
    dispatcher.on<&C::monitor_command_with_files>(protocol::qemu_domain_monitor_command_with_files, *this);
    dispatcher.on<&C::agent_command>(protocol::qemu_domain_agent_command, *this);
    dispatcher.on<&C::register_event>(protocol::qemu_connect_domain_monitor_event_register, *this);
    dispatcher.on<&C::deregister_event>(protocol::qemu_connect_domain_monitor_event_deregister, *this);
}

} // namespace vireo::daemon
