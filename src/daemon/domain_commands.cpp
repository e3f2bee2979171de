// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain_calls.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
enum StartFlag : std::uint32_t {
    Paused = 1,
    Autodestroy = 2,
    BypassCache = 4,
    ForceBoot = 8,
    Validate = 16,
    ResetNvram = 32
};
constexpr std::uint32_t validate_definition = 1;                       // VIR_DOMAIN_DEFINE_VALIDATE
constexpr std::uint32_t undefine_flags_known = 127;                    // virDomainUndefineFlagsValues
constexpr std::uint32_t graceful_flag = 1, remove_logs_flag = 2;       // virDomainDestroyFlagsValues
constexpr std::uint32_t power_flags = 31;                              // virDomainShutdownFlagValues
constexpr std::uint32_t console_force_flag = 1, console_safe_flag = 2; // virDomainConsoleFlags

hypervisor::StartOptions start_options(std::uint32_t flags) {
    return {.paused = (flags & Paused) != 0,
            .autodestroy = (flags & Autodestroy) != 0,
            .validate = (flags & Validate) != 0,
            .reset_nvram = (flags & ResetNvram) != 0,
            .force_boot = (flags & ForceBoot) != 0,
            .bypass_cache = (flags & BypassCache) != 0};
}

/// Flags that libvirt gave the same numbers in both (virDomainShutdownFlagValues, virDomainRebootFlagValues).
hypervisor::PowerWays power_ways(std::uint32_t flags, std::string_view call) {
    enum Way : std::uint32_t { Acpi = 1, Agent = 2, Initctl = 4, Signal = 8, Paravirt = 16 };
    check_flags(flags, power_flags, call);
    return {.agent = (flags & Agent) != 0,
            .acpi = (flags & Acpi) != 0,
            .initctl = (flags & Initctl) != 0,
            .signal = (flags & Signal) != 0,
            .paravirt = (flags & Paravirt) != 0};
}

/// virDomainUndefineFlagsValues.
hypervisor::UndefineOptions undefine_options(std::uint32_t flags) {
    enum Goes : std::uint32_t {
        ManagedSave = 1,
        SnapshotsMetadata = 2,
        RemoveNvram = 4,
        KeepNvram = 8,
        CheckpointsMetadata = 16,
        RemoveTpm = 32,
        KeepTpm = 64
    };
    check_flags(flags, undefine_flags_known, "virDomainUndefineFlags");
    auto has = [flags](std::uint32_t bit) { return (flags & bit) != 0; };
    auto only_one = [&](std::uint32_t one, std::uint32_t other, std::string_view what) {
        if (has(one) && has(other))
            throw Error(ErrorCode::InvalidArgument, ErrorDomain::Domain,
                        fmt::format("{} cannot be both removed and kept", what));
    };
    only_one(RemoveNvram, KeepNvram, "the variables of UEFI");
    only_one(RemoveTpm, KeepTpm, "the state of the TPM");
    return {.managed_save = has(ManagedSave),
            .snapshots_metadata = has(SnapshotsMetadata),
            .checkpoints_metadata = has(CheckpointsMetadata),
            .remove_nvram = has(RemoveNvram),
            .keep_nvram = has(KeepNvram),
            .remove_tpm = has(RemoveTpm),
            .keep_tpm = has(KeepTpm)};
}

void remember_autodestroy(rpc::Session& session, const hypervisor::StartOptions& options,
                          const hypervisor::DomainSnapshot& domain) {
    if (options.autodestroy) connection_of(session).destroy_at_end(domain.uuid, domain.id);
}
} // namespace

awaitable<protocol::DomainDefineXmlRet> DomainCommands::define(Session& session,
                                                               protocol::DomainDefineXmlArgs args) {
    hypervisor::DefineOptions options;
    auto domain = co_await driver_of(session).define(std::move(args.xml), options);
    protocol::DomainDefineXmlRet answer{handle_of(*domain)};
    co_return answer;
}

awaitable<protocol::DomainDefineXmlFlagsRet>
DomainCommands::define_flags(Session& session, protocol::DomainDefineXmlFlagsArgs args) {
    check_flags(args.flags, validate_definition, "virDomainDefineXMLFlags");
    hypervisor::DefineOptions options{.validate = (args.flags & validate_definition) != 0};
    auto domain = co_await driver_of(session).define(std::move(args.xml), options);
    protocol::DomainDefineXmlFlagsRet answer{handle_of(*domain)};
    co_return answer;
}

awaitable<void> DomainCommands::undefine(Session& session, protocol::DomainUndefineArgs args) {
    return driver_of(session).undefine(args.dom.uuid, args.dom.name, {});
}

awaitable<void> DomainCommands::undefine_flags(Session& session, protocol::DomainUndefineFlagsArgs args) {
    return driver_of(session).undefine(args.dom.uuid, args.dom.name, undefine_options(args.flags));
}

awaitable<protocol::DomainCreateXmlRet> DomainCommands::create_xml(Session& session,
                                                                   protocol::DomainCreateXmlArgs args) {
    check_flags(args.flags, Paused | Autodestroy | Validate | ResetNvram, "virDomainCreateXML");
    auto options = start_options(args.flags);
    auto domain = co_await driver_of(session).create(std::move(args.xml_desc), options);
    remember_autodestroy(session, options, *domain);
    protocol::DomainCreateXmlRet answer{handle_of(*domain)};
    co_return answer;
}

awaitable<void> DomainCommands::create(Session& session, protocol::DomainCreateArgs args) {
    hypervisor::StartOptions options;
    co_await driver_of(session).start(args.dom.uuid, args.dom.name, options);
}

awaitable<protocol::DomainCreateWithFlagsRet>
DomainCommands::create_flags(Session& session, protocol::DomainCreateWithFlagsArgs args) {
    check_flags(args.flags, Paused | Autodestroy | BypassCache | ForceBoot | ResetNvram,
                "virDomainCreateWithFlags");
    auto options = start_options(args.flags);
    auto domain = co_await driver_of(session).start(args.dom.uuid, args.dom.name, options);
    remember_autodestroy(session, options, *domain);
    protocol::DomainCreateWithFlagsRet answer{handle_of(*domain)};
    co_return answer;
}

awaitable<void> DomainCommands::shutdown(Session& session, protocol::DomainShutdownArgs args) {
    return driver_of(session).shut_down(args.dom.uuid, args.dom.name, {});
}

awaitable<void> DomainCommands::shutdown_flags(Session& session, protocol::DomainShutdownFlagsArgs args) {
    auto ways = power_ways(args.flags, "virDomainShutdownFlags");
    return driver_of(session).shut_down(args.dom.uuid, args.dom.name, ways);
}

awaitable<void> DomainCommands::reboot(Session& session, protocol::DomainRebootArgs args) {
    auto ways = power_ways(args.flags, "virDomainReboot");
    return driver_of(session).reboot(args.dom.uuid, args.dom.name, ways);
}

awaitable<void> DomainCommands::reset(Session& session, protocol::DomainResetArgs args) {
    check_flags(args.flags, 0, "virDomainReset");
    return driver_of(session).reset(args.dom.uuid, args.dom.name);
}

awaitable<void> DomainCommands::destroy(Session& session, protocol::DomainDestroyArgs args) {
    return driver_of(session).destroy(args.dom.uuid, args.dom.name, false);
}

awaitable<void> DomainCommands::destroy_flags(Session& session, protocol::DomainDestroyFlagsArgs args) {
    check_flags(args.flags, graceful_flag | remove_logs_flag, "virDomainDestroyFlags");
    auto& driver = driver_of(session);
    auto name = require_domain(session, args.dom)->name; // the caller's is a hint
    co_await driver.destroy(args.dom.uuid, args.dom.name, (args.flags & graceful_flag) != 0);
    if ((args.flags & remove_logs_flag) != 0) co_await driver.remove_logs(std::move(name));
}

awaitable<void> DomainCommands::suspend(Session& session, protocol::DomainSuspendArgs args) {
    return driver_of(session).suspend(args.dom.uuid, args.dom.name);
}

awaitable<void> DomainCommands::resume(Session& session, protocol::DomainResumeArgs args) {
    return driver_of(session).resume(args.dom.uuid, args.dom.name);
}

awaitable<void> DomainCommands::set_autostart(Session& session, protocol::DomainSetAutostartArgs args) {
    return driver_of(session).set_autostart(args.dom.uuid, args.dom.name, args.autostart != 0);
}

awaitable<protocol::DomainRenameRet> DomainCommands::rename(Session& session,
                                                            protocol::DomainRenameArgs args) {
    check_flags(args.flags, 0, "virDomainRename");
    if (!args.new_name)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Domain,
                    fmt::format("no new name is given for '{}'", args.dom.name));
    co_await driver_of(session).rename(args.dom.uuid, args.dom.name, std::move(*args.new_name));
    protocol::DomainRenameRet answer;
    co_return answer;
}

awaitable<void> DomainCommands::open_console(Session& session, protocol::Header call,
                                             protocol::DomainOpenConsoleArgs args) {
    check_flags(args.flags, console_force_flag | console_safe_flag, "virDomainOpenConsole");
    hypervisor::ConsoleOptions options{std::move(args.dev_name).value_or(""),
                                       (args.flags & console_force_flag) != 0,
                                       (args.flags & console_safe_flag) != 0};
    auto channel = co_await driver_of(session).open_console(args.dom.uuid, args.dom.name, std::move(options));
    session.open_stream(call, std::move(channel));
}

void DomainCommands::bind(rpc::Dispatcher& dispatcher) {
    using C = DomainCommands;
    dispatcher.on<&C::define>(protocol::domain_define_xml, *this);
    dispatcher.on<&C::define_flags>(protocol::domain_define_xml_flags, *this);
    dispatcher.on<&C::undefine>(protocol::domain_undefine, *this);
    dispatcher.on<&C::undefine_flags>(protocol::domain_undefine_flags, *this);
    dispatcher.on<&C::create_xml>(protocol::domain_create_xml, *this);
    dispatcher.on<&C::create>(protocol::domain_create, *this);
    dispatcher.on<&C::create_flags>(protocol::domain_create_with_flags, *this);
    dispatcher.on<&C::shutdown>(protocol::domain_shutdown, *this);
    dispatcher.on<&C::shutdown_flags>(protocol::domain_shutdown_flags, *this);
    dispatcher.on<&C::reboot>(protocol::domain_reboot, *this);
    dispatcher.on<&C::reset>(protocol::domain_reset, *this);
    dispatcher.on<&C::destroy>(protocol::domain_destroy, *this);
    dispatcher.on<&C::destroy_flags>(protocol::domain_destroy_flags, *this);
    dispatcher.on<&C::suspend>(protocol::domain_suspend, *this);
    dispatcher.on<&C::resume>(protocol::domain_resume, *this);
    dispatcher.on<&C::set_autostart>(protocol::domain_set_autostart, *this);
    dispatcher.on<&C::rename>(protocol::domain_rename, *this);
    dispatcher.on<&C::open_console>(protocol::domain_open_console, *this);
}

} // namespace vireo::daemon
