// SPDX-License-Identifier: Apache-2.0
// What QEMU tells by itself, and what follows from it. QEMU runs with -no-shutdown: a guest that powers off
// stays there, stopped, until somebody acts, so that one that does so while no daemon runs is not lost.
#include "base/log.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::DomainState;
using model::domain::LifecycleAction;

namespace {
constexpr log::Source log{"qemu"};
constexpr std::chrono::seconds reconnect_delay{1};
/// Before the start is complete; a guest that has more to say is asked how it is.
constexpr std::size_t early_events_limit = 64;
/// However fast a guest stops and goes on.
constexpr std::size_t pending_writes_limit = 4;

std::string_view text(const MonitorEvent& event, std::string_view key) {
    return json::find_text(event.data, key).value_or("");
}
} // namespace

MonitorListener QemuDriver::listener_of(const DomainPtr& domain, const RunPtr& run) {
    std::weak_ptr<ManagedDomain> weak_domain = domain;
    std::weak_ptr<Run> weak_run = run;
    MonitorListener listener;
    listener.on_event = [this, weak_domain, weak_run](const MonitorEvent& event) {
        auto of_domain = weak_domain.lock();
        auto of_run = weak_run.lock();
        if (of_domain && of_run) take_event(of_domain, of_run, event);
    };
    listener.on_end = [this, weak_domain, weak_run](const std::string& reason) {
        auto of_domain = weak_domain.lock();
        auto of_run = weak_run.lock();
        if (of_domain && of_run) take_monitor_end(of_domain, of_run, reason);
    };
    return listener;
}

void QemuDriver::take_event(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event) {
    if (event.name == "MIGRATION" || event.name == "DUMP_COMPLETED") run->transfer_changed.give();
    if (!run->published) {
        run->early_events_lost = run->early_events.size() >= early_events_limit;
        if (!run->early_events_lost) run->early_events.push_back(event);
        return;
    }
    if (domain->run != run) return;
    log.debug("{}: {}", domain->durable.name, event.name);
    relay(domain, run, event);
    const auto& name = event.name;
    bool stops = text(event, "action") == "stop" || text(event, "action") == "pause";
    if (name == "STOP") {
        take_stop(domain, run);
    } else if (name == "RESUME") {
        take_resume(domain, run);
    } else if (name == "SHUTDOWN") {
        take_shutdown(domain, run, text(event, "reason"));
    } else if (name == "GUEST_PANICKED") {
        take_panic(domain, run);
    } else if (name == "RESET") {
        if (run->agent) run->agent->disconnect();
        tell(domain, hypervisor::DomainReboot{});
    } else if (name == "BLOCK_IO_ERROR" && stops) {
        run->pause_reason = hypervisor::PausedReason::IoError;
    } else if (name == "WATCHDOG" && stops) {
        run->pause_reason = hypervisor::PausedReason::Watchdog;
    } else if (name == "SUSPEND" || name == "SUSPEND_DISK") {
        take_sleep(domain, run, name == "SUSPEND_DISK");
    } else if (name == "WAKEUP" && domain->state.state == DomainState::PmSuspended) {
        set_state(domain, hypervisor::RunningReason::Wakeup);
        tell(domain, hypervisor::StartedDetail::Wakeup);
        tell(domain, hypervisor::DomainPmWakeup{});
        remember_state(domain, run);
    }
    if (name == "JOB_STATUS_CHANGE") take_job_status(domain, run, event);
    if (name == "BLOCK_WRITE_THRESHOLD") take_threshold(domain, run, event);
    take_device_event(domain, run, event);
}

void QemuDriver::take_sleep(const DomainPtr& domain, const RunPtr& run, bool on_disk) {
    using hypervisor::DomainLifecycle;
    if (run->agent) run->agent->disconnect();
    set_state(domain, {DomainState::PmSuspended, 0});
    tell(domain, DomainLifecycle{hypervisor::LifecycleEvent::PmSuspended, on_disk ? 1 : 0});
    if (on_disk)
        tell(domain, hypervisor::DomainPmSuspendDisk{});
    else
        tell(domain, hypervisor::DomainPmSuspend{});
    remember_state(domain, run);
}

/// Does what was told before the run was published. When that is not all, a new connection asks for the rest.
void QemuDriver::take_early_events(const DomainPtr& domain, const RunPtr& run) {
    for (const auto& event : std::exchange(run->early_events, {})) take_event(domain, run, event);
    if (!run->early_events_lost && run->monitor->is_open()) return;
    std::exchange(run->monitor, nullptr)->close();
    run->connected.take_back();
    spawn(reconnect(domain, run, std::chrono::milliseconds{0}));
}

void QemuDriver::take_stop(const DomainPtr& domain, const RunPtr& run) {
    if (domain->state.state != DomainState::Running) return;
    using hypervisor::PausedReason;
    auto reason = std::exchange(run->pause_reason, PausedReason::Unknown);
    set_state(domain, reason);
    auto detail = hypervisor::SuspendedDetail::Paused;
    if (reason == PausedReason::IoError) detail = hypervisor::SuspendedDetail::IoError;
    if (reason == PausedReason::Watchdog) detail = hypervisor::SuspendedDetail::Watchdog;
    tell(domain, detail);
    remember_state(domain, run);
}

void QemuDriver::take_resume(const DomainPtr& domain, const RunPtr& run) {
    if (domain->state.state == DomainState::Running) return;
    using hypervisor::RunningReason;
    auto reason = std::exchange(run->resume_reason, RunningReason::Unpaused);
    if (run->restarting)
        reason = domain->state.state == DomainState::Crashed ? RunningReason::Crashed : RunningReason::Booted;
    run->restarting = false;
    set_state(domain, reason);
    tell(domain, hypervisor::ResumedDetail::Unpaused);
    remember_state(domain, run);
}

/// The guest has powered off, or somebody asked QEMU itself to end; `reason` as in QEMU's ShutdownCause.
void QemuDriver::take_shutdown(const DomainPtr& domain, const RunPtr& run, std::string_view reason) {
    if (run->ending || run->restarting) return;
    using hypervisor::ShutdownDetail;
    if (run->agent) run->agent->disconnect();
    bool by_host = reason == "host-signal" || reason == "host-qmp-quit";
    set_state(domain, hypervisor::ShutdownReason::Unknown);
    tell(domain, by_host                        ? ShutdownDetail::Host
                 : reason.starts_with("guest-") ? ShutdownDetail::Guest
                                                : ShutdownDetail::Finished);
    remember_state(domain, run);
    if (by_host) { // QEMU goes by itself
        run->ending = Ending::Shutdown;
    } else if (run->record.reboot_wanted || reason == "guest-reset" || reason == "host-qmp-system-reset") {
        follow(domain, run, run->actions.on_reboot, Ending::Shutdown);
    } else if (reason == "guest-panic") {
        follow(domain, run, run->actions.on_crash, Ending::Crashed);
    } else {
        follow(domain, run, run->actions.on_poweroff, Ending::Shutdown);
    }
}

void QemuDriver::take_panic(const DomainPtr& domain, const RunPtr& run) {
    if (run->ending || domain->state.state == DomainState::Crashed) return;
    log.warning("{}: the guest's system has crashed", domain->durable.name);
    set_state(domain, hypervisor::CrashedReason::Panicked);
    tell(domain, hypervisor::CrashedDetail::Panicked);
    remember_state(domain, run);
    follow(domain, run, run->actions.on_crash, Ending::Crashed);
}

/// Does what the definition says of this end.
void QemuDriver::follow(const DomainPtr& domain, const RunPtr& run, LifecycleAction action, Ending ending) {
    switch (action) {
    case LifecycleAction::Preserve: return;
    case LifecycleAction::Restart:
    case LifecycleAction::RenameRestart:
        run->restarting = true;
        spawn(restart(domain, run));
        return;
    case LifecycleAction::Destroy: run->ending = ending; spawn(terminate(domain, run, ending, false));
    }
}

awaitable<void> QemuDriver::restart(DomainPtr domain, RunPtr run) {
    struct Finish { // also when it fails: the guest stays off, and may be destroyed or asked again
        RunPtr run;
        ~Finish() { run->restarting = false; }
    } finish{run};
    try {
        auto job = co_await begin(domain, async::JobKind::Modify, "restart");
        if (domain->run == run && !run->ending) co_await job.run(restart_guest(domain, run));
    } catch (const Error& error) { log.warning("{}: not restarted: {}", domain->durable.name, error.what()); }
}

/// The wish for a reboot is used up before the guest runs again. A daemon that finds the guest between the
/// two knows by its state that it is to go on.
awaitable<void> QemuDriver::restart_guest(DomainPtr domain, RunPtr run) {
    bool reset_ends = run->actions.on_reboot != LifecycleAction::Restart; // see `configure`
    if (reset_ends) co_await set_reboot_action(domain, "reset");
    co_await command(domain, "system_reset");
    if (reset_ends) co_await set_reboot_action(domain, "shutdown");
    if (run->record.reboot_wanted) {
        std::function<void(RunRecord&)> change{[](RunRecord& next) { next.reboot_wanted = false; }};
        co_await save_run(domain, run, std::move(change));
    }
    co_await command(domain, "cont");
    if (domain->run != run) co_return;
    take_resume(domain, run); // should QEMU not have told
    log.info("{}: restarted", domain->durable.name);
}

/// QEMU has ended, which `watch` sees too; or it has broken the protocol, and a new connection may do better.
void QemuDriver::take_monitor_end(const DomainPtr& domain, const RunPtr& run, const std::string& reason) {
    run->connected.take_back();
    run->disconnected.give();
    if (!run->published || domain->run != run || run->ending) return;
    log.debug("{}: monitor: {}", domain->durable.name, reason);
    spawn(reconnect(domain, run, reconnect_delay));
}

void QemuDriver::remember_state(const DomainPtr& domain, const RunPtr& run) {
    bool crowded = domain->writes.waiting() >= pending_writes_limit; // they write what is true at their turn
    if (domain->run == run && !crowded) spawn(write_state(domain, run));
}

/// Keeps the state of now for a daemon that cannot ask QEMU. Many changes at once become one.
awaitable<void> QemuDriver::write_state(DomainPtr domain, RunPtr run) {
    auto is_known = [&] {
        return domain->run != run || !domain->durable.run || domain->durable.run->state == domain->state;
    };
    if (is_known() || run->ending) co_return;
    std::function<void(RunRecord&)> change{[domain](RunRecord& next) { next.state = domain->state; }};
    co_await save_run(domain, run, std::move(change));
}

} // namespace vireo::qemu
