// SPDX-License-Identifier: Apache-2.0
#include "qemu/managed_domain.hpp"

namespace vireo::qemu {

LifecycleActions actions_of(const model::domain::Domain& domain) {
    using model::domain::CrashAction;
    using model::domain::LifecycleAction;
    LifecycleActions actions{domain.on_poweroff, domain.on_reboot, LifecycleAction::Destroy};
    switch (domain.on_crash) {
    case CrashAction::Restart:
    case CrashAction::RenameRestart:
    case CrashAction::CoredumpRestart: actions.on_crash = LifecycleAction::Restart; break;
    case CrashAction::Preserve: actions.on_crash = LifecycleAction::Preserve; break;
    case CrashAction::Destroy:
    case CrashAction::CoredumpDestroy: break;
    }
    return actions;
}

hypervisor::DomainSnapshotPtr snapshot_of(const ManagedDomain& domain) {
    const auto& durable = domain.durable;
    auto snapshot = std::make_shared<hypervisor::DomainSnapshot>();
    snapshot->uuid = domain.uuid;
    snapshot->name = durable.name;
    snapshot->state = domain.state;
    snapshot->persistent = bool{durable.definition};
    snapshot->autostart = durable.autostart;
    snapshot->managed_save = domain.managed_save;
    take_summary(*snapshot, domain.run ? durable.live.summary : durable.definition.summary);
    snapshot->persistent_definition = durable.definition.text;
    if (!domain.run) return snapshot;
    snapshot->id = domain.run->record.id;
    snapshot->process = domain.run->process.pid();
    snapshot->live_definition = durable.live.text;
    return snapshot;
}

} // namespace vireo::qemu
