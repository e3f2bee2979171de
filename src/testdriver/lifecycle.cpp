// SPDX-License-Identifier: Apache-2.0
// What happens to guests. States and events are those of a QEMU guest whose system does at once what it is
// asked.
#include "model/domain/xml.hpp"
#include "testdriver/driver.hpp"
#include "testdriver/error.hpp"

#include <fmt/format.h>

namespace vireo::testdriver {

using hypervisor::DomainState;
using model::domain::LifecycleAction;

namespace {
/// Names the host's side of the interfaces, as far as the definition does not.
void name_targets(model::domain::Domain& model) {
    int number = 0;
    for (auto& interface : model.devices.interfaces)
        if (interface.target.empty()) interface.target = fmt::format("testnet{}", number++);
}

model::domain::Domain live_model(const hypervisor::Definition& live) {
    return model::domain::parse(live.complete(), model::domain::Scope::Live);
}
} // namespace

void TestDriver::boot(TestDomain& domain, Model model, bool paused) {
    domain.id = next_id_++;
    domain.clock = {};
    model.id = domain.id;
    name_targets(model);
    domain.live = hypervisor::format_text(model, true);
    domain.state = hypervisor::RunningReason::Booted;
    if (paused) domain.state = hypervisor::PausedReason::User;
    publish(domain);
    tell(domain, hypervisor::StartedDetail::Booted);
    if (paused) tell(domain, hypervisor::SuspendedDetail::Paused);
}

void TestDriver::stop(TestDomain& domain, hypervisor::ShutoffReason reason,
                      hypervisor::StoppedDetail detail) {
    domain.id = -1;
    domain.live = {};
    domain.state = reason;
    hypervisor::DomainEvent event{domain.name, domain.uuid, -1, hypervisor::DomainLifecycle{detail}};
    publish(domain); // forgets a transient one
    events_.publish(event);
}

void TestDriver::restart(TestDomain& domain) {
    set_state(domain, hypervisor::RunningReason::Booted);
    tell(domain, hypervisor::DomainReboot{});
}

/// Does what the definition says of the end of a run.
void TestDriver::follow(TestDomain& domain, LifecycleAction action) {
    switch (action) {
    case LifecycleAction::Preserve:
        set_state(domain, hypervisor::ShutdownReason::User);
        return tell(domain, hypervisor::ShutdownDetail::Finished);
    case LifecycleAction::Restart:
    case LifecycleAction::RenameRestart: return restart(domain);
    case LifecycleAction::Destroy:
        tell(domain, hypervisor::ShutdownDetail::Finished);
        return stop(domain, hypervisor::ShutoffReason::Shutdown, hypervisor::StoppedDetail::Shutdown);
    }
}

awaitable<TestDriver::DomainSnapshotPtr> TestDriver::start(Uuid uuid, std::string name,
                                                           hypervisor::StartOptions options) {
    auto& domain = require(uuid, name);
    if (domain.active())
        throw error(ErrorCode::OperationInvalid, fmt::format("domain '{}' is already running", domain.name));
    boot(domain, model::domain::parse(domain.definition.complete()), options.paused);
    co_return registry_.find(uuid);
}

awaitable<void> TestDriver::shut_down(Uuid uuid, std::string name, hypervisor::PowerWays) {
    auto& domain = require_running(uuid, name);
    follow(domain, live_model(domain.live).on_poweroff);
    co_return;
}

awaitable<void> TestDriver::reboot(Uuid uuid, std::string name, hypervisor::PowerWays) {
    auto& domain = require_running(uuid, name);
    follow(domain, live_model(domain.live).on_reboot);
    co_return;
}

awaitable<void> TestDriver::reset(Uuid uuid, std::string name) {
    auto& domain = require_active(uuid, name);
    if (domain.state.state == DomainState::Running) set_state(domain, hypervisor::RunningReason::Booted);
    tell(domain, hypervisor::DomainReboot{});
    co_return;
}

awaitable<void> TestDriver::destroy(Uuid uuid, std::string name, bool) {
    auto& domain = require_active(uuid, name);
    stop(domain, hypervisor::ShutoffReason::Destroyed, hypervisor::StoppedDetail::Destroyed);
    co_return;
}

awaitable<void> TestDriver::suspend(Uuid uuid, std::string name) {
    auto& domain = require_active(uuid, name);
    if (domain.state.state == DomainState::Paused) co_return;
    require_running(uuid, name);
    set_state(domain, hypervisor::PausedReason::User);
    tell(domain, hypervisor::SuspendedDetail::Paused);
}

awaitable<void> TestDriver::resume(Uuid uuid, std::string name) {
    auto& domain = require_active(uuid, name);
    if (domain.state.state != DomainState::Paused)
        throw error(ErrorCode::OperationInvalid, fmt::format("domain '{}' is not paused", domain.name));
    set_state(domain, hypervisor::RunningReason::Unpaused);
    tell(domain, hypervisor::ResumedDetail::Unpaused);
    co_return;
}

awaitable<void> TestDriver::pm_suspend(Uuid uuid, std::string name, hypervisor::SuspendTarget target) {
    auto& domain = require_running(uuid, name);
    if (target == hypervisor::SuspendTarget::Disk) {
        tell(domain, hypervisor::DomainPmSuspendDisk{});
        stop(domain, hypervisor::ShutoffReason::Shutdown, hypervisor::StoppedDetail::Shutdown);
        co_return;
    }
    set_state(domain, {DomainState::PmSuspended, 0});
    tell(domain, hypervisor::DomainPmSuspend{});
    hypervisor::DomainLifecycle asleep{hypervisor::LifecycleEvent::PmSuspended, 0};
    tell(domain, asleep);
}

awaitable<void> TestDriver::pm_wakeup(Uuid uuid, std::string name) {
    auto& domain = require_active(uuid, name);
    if (domain.state.state != DomainState::PmSuspended)
        throw error(ErrorCode::OperationInvalid, fmt::format("domain '{}' does not sleep", domain.name));
    set_state(domain, hypervisor::RunningReason::Wakeup);
    tell(domain, hypervisor::DomainPmWakeup{});
    tell(domain, hypervisor::StartedDetail::Wakeup);
    co_return;
}

} // namespace vireo::testdriver
