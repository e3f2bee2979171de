// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vireo::hypervisor {

/// What a domain does now: libvirt's public numbers (virDomainState).
enum class DomainState : std::int32_t {
    NoState = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,
    Shutdown = 4,
    Shutoff = 5,
    Crashed = 6,
    PmSuspended = 7,
};

/// Why it does it; each state counts its own reasons (virDomainRunningReason and so on).
enum class RunningReason : std::int32_t {
    Unknown = 0,
    Booted = 1,
    Restored = 3,
    Unpaused = 5,
    SaveCanceled = 7,
    Wakeup = 8,
    Crashed = 9,
};
enum class PausedReason : std::int32_t {
    Unknown = 0,
    User = 1,
    Migration = 2,
    Save = 3,
    Dump = 4,
    IoError = 5,
    Watchdog = 6,
    ShuttingDown = 8,
    Crashed = 10,
    StartingUp = 11,
};
enum class ShutdownReason : std::int32_t { Unknown = 0, User = 1 };
enum class ShutoffReason : std::int32_t {
    Unknown = 0,
    Shutdown = 1,
    Destroyed = 2,
    Crashed = 3,
    Saved = 5,
    Failed = 6,
    Daemon = 8,
};
enum class CrashedReason : std::int32_t { Unknown = 0, Panicked = 1 };

/// A state together with its reason.
struct StateAndReason {
    DomainState state = DomainState::Shutoff;
    std::int32_t reason = 0;

    StateAndReason() = default;
    StateAndReason(RunningReason why) : state{DomainState::Running}, reason{static_cast<std::int32_t>(why)} {}
    StateAndReason(PausedReason why) : state{DomainState::Paused}, reason{static_cast<std::int32_t>(why)} {}
    StateAndReason(ShutdownReason why)
        : state{DomainState::Shutdown}, reason{static_cast<std::int32_t>(why)} {}
    StateAndReason(ShutoffReason why) : state{DomainState::Shutoff}, reason{static_cast<std::int32_t>(why)} {}
    StateAndReason(CrashedReason why) : state{DomainState::Crashed}, reason{static_cast<std::int32_t>(why)} {}
    StateAndReason(DomainState state, std::int32_t reason) : state{state}, reason{reason} {}
    friend bool operator==(const StateAndReason&, const StateAndReason&) = default;
};

} // namespace vireo::hypervisor
