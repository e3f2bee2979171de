// SPDX-License-Identifier: Apache-2.0
// What is asked of a running guest. States change when QEMU tells of it (guest_events.cpp), before it
// answers.
#include "base/log.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::DomainState;

namespace {
constexpr log::Source log{"qemu"};
/// For a monitor that is being connected again.
constexpr std::chrono::seconds connection_patience{5};
} // namespace

void QemuDriver::require_active(const ManagedDomain& domain) {
    if (!domain.run)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is not running", domain.durable.name));
}

awaitable<std::shared_ptr<Monitor>> QemuDriver::require_monitor(DomainPtr domain) {
    require_active(*domain);
    auto run = domain->run;
    co_await run->connected.wait(connection_patience);
    require_active(*domain);
    if (!run->connected.given() || !run->monitor)
        throw error(ErrorCode::OperationTimeout,
                    fmt::format("the QEMU of domain '{}' (process {}) does not answer on its monitor",
                                domain->durable.name, run->process.pid()));
    co_return run->monitor;
}

awaitable<void> QemuDriver::command(DomainPtr domain, std::string name) {
    auto monitor = co_await require_monitor(domain);
    co_await monitor->execute(std::move(name), options_.monitor_deadline);
}

awaitable<void> QemuDriver::set_reboot_action(DomainPtr domain, std::string action) {
    auto monitor = co_await require_monitor(domain);
    json::object arguments{{"reboot", action}};
    co_await monitor->execute("set-action", std::move(arguments), options_.monitor_deadline);
}

void QemuDriver::require_known(hypervisor::PowerWays ways) {
    if (ways.any() && !ways.acpi && !ways.agent)
        throw error(ErrorCode::ArgumentUnsupported,
                    "the guest is reached by ACPI and by its agent: use the mode 'acpi' or 'agent', or none");
}

awaitable<void> QemuDriver::shut_down(Uuid uuid, std::string name, hypervisor::PowerWays ways) {
    require_known(ways);
    co_await ask_to_leave(require(uuid, name), false, ways);
}

awaitable<void> QemuDriver::reboot(Uuid uuid, std::string name, hypervisor::PowerWays ways) {
    require_known(ways);
    co_await ask_to_leave(require(uuid, name), true, ways);
}

/// By the agent where it is asked for or there, else, or when that fails, by the power button. A guest that
/// thinks about what its agent was told does not hold the domain.
awaitable<void> QemuDriver::ask_to_leave(DomainPtr domain, bool reboot, hypervisor::PowerWays ways) {
    require_active(*domain);
    bool by_acpi = !ways.any() || ways.acpi;
    bool by_agent = ways.agent || (!ways.any() && domain->run->agent_present);
    if (by_agent) {
        std::string failure;
        try {
            co_await leave_by_agent(domain, reboot);
        } catch (const Error& error) {
            if (!by_acpi) throw;
            failure = error.what();
        }
        if (failure.empty()) co_return;
        log.info("{}: the power button is pressed instead: {}", domain->durable.name, failure);
    }
    auto job = co_await begin(domain, async::JobKind::Modify, reboot ? "reboot" : "shutdown");
    co_await job.run(power_down(domain, reboot));
}

/// Presses the power button. The wish for a reboot is on disk before: the guest may take long, and its
/// power-off may be the next daemon's to answer.
awaitable<void> QemuDriver::power_down(DomainPtr domain, bool reboot) {
    require_active(*domain);
    if (!reboot && domain->state.state != DomainState::Running)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is not running", domain->durable.name));
    auto monitor = co_await require_monitor(domain);
    co_await keep_reboot_wish(domain, reboot);
    co_await monitor->execute("system_powerdown", options_.monitor_deadline);
    log.info("{}: asked to {}", domain->durable.name, reboot ? "reboot" : "power off");
}

awaitable<void> QemuDriver::keep_reboot_wish(DomainPtr domain, bool reboot) {
    auto run = domain->run;
    if (!run || run->record.reboot_wanted == reboot) co_return;
    std::function<void(RunRecord&)> change{[reboot](RunRecord& next) { next.reboot_wanted = reboot; }};
    co_await save_run(domain, run, std::move(change));
}

awaitable<void> QemuDriver::reset(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "reset");
    co_await job.run(command(domain, "system_reset"));
}

awaitable<void> QemuDriver::suspend(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "suspend");
    co_await job.run(pause_guest(domain));
}

awaitable<void> QemuDriver::pause_guest(DomainPtr domain) {
    require_active(*domain);
    auto run = domain->run;
    if (domain->state.state == DomainState::Paused) co_return;
    if (domain->state.state != DomainState::Running)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' does not run: it sleeps, is powered off or has crashed",
                                domain->durable.name));
    run->pause_reason = hypervisor::PausedReason::User;
    co_await command(domain, "stop");
    if (domain->run != run) co_return;
    take_stop(domain, run); // should QEMU not have told
    co_await write_state(domain, run);
}

awaitable<void> QemuDriver::resume(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "resume");
    co_await job.run(resume_guest(domain));
}

awaitable<void> QemuDriver::resume_guest(DomainPtr domain) {
    require_active(*domain);
    auto run = domain->run;
    if (domain->state.state != DomainState::Paused)
        throw error(ErrorCode::OperationInvalid,
                    domain->state.state == DomainState::Running
                        ? fmt::format("domain '{}' is already running", domain->durable.name)
                        : fmt::format("domain '{}' is not paused", domain->durable.name));
    co_await command(domain, "cont");
    if (domain->run != run) co_return;
    take_resume(domain, run);
    co_await write_state(domain, run);
}

} // namespace vireo::qemu
