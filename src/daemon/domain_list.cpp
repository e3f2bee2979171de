// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain_list.hpp"

#include "daemon/connection.hpp"

namespace vireo::daemon {

namespace {
enum Bit : std::uint32_t {
    Active = 1,
    Inactive = 2,
    Persistent = 4,
    Transient = 8,
    Running = 16,
    Paused = 32,
    Shutoff = 64,
    OtherState = 128,
    ManagedSave = 256,
    NoManagedSave = 512,
    Autostart = 1024,
    NoAutostart = 2048,
    HasSnapshot = 4096,
    NoSnapshot = 8192,
    HasCheckpoint = 16384,
    NoCheckpoint = 32768,
};

Bit state_bit(hypervisor::DomainState state) {
    switch (state) {
    case hypervisor::DomainState::Running: return Running;
    case hypervisor::DomainState::Paused: return Paused;
    case hypervisor::DomainState::Shutoff: return Shutoff;
    default: return OtherState;
    }
}
} // namespace

DomainFilter::DomainFilter(std::uint32_t flags) : flags_{flags} {
    check_flags(flags, 65535, "virConnectListAllDomains");
}

bool DomainFilter::matches(const hypervisor::DomainSnapshot& domain) const {
    // No driver has snapshots or checkpoints yet: no domain has one.
    return allows(Active | Inactive, domain.active() ? Active : Inactive) &&
           allows(Persistent | Transient, domain.persistent ? Persistent : Transient) &&
           allows(Running | Paused | Shutoff | OtherState, state_bit(domain.state.state)) &&
           allows(Autostart | NoAutostart, domain.autostart ? Autostart : NoAutostart) &&
           allows(ManagedSave | NoManagedSave, domain.managed_save ? ManagedSave : NoManagedSave) &&
           allows(HasSnapshot | NoSnapshot, NoSnapshot) && allows(HasCheckpoint | NoCheckpoint, NoCheckpoint);
}

} // namespace vireo::daemon
