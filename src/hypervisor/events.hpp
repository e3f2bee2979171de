// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "base/uuid.hpp"
#include "protocol/procedure.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace vireo::hypervisor {

/// What happened to a domain's life, and the details of each: libvirt's public numbers (virDomainEventType
/// and the enums of its details).
enum class LifecycleEvent : std::int32_t {
    Defined = 0,
    Undefined = 1,
    Started = 2,
    Suspended = 3,
    Resumed = 4,
    Stopped = 5,
    Shutdown = 6,
    PmSuspended = 7,
    Crashed = 8,
};
enum class DefinedDetail : std::int32_t { Added = 0, Updated = 1, Renamed = 2 };
enum class UndefinedDetail : std::int32_t { Removed = 0, Renamed = 1 };
enum class StartedDetail : std::int32_t { Booted = 0, Restored = 2, Wakeup = 4 };
enum class SuspendedDetail : std::int32_t { Paused = 0, IoError = 2, Watchdog = 3, Restored = 4 };
enum class ResumedDetail : std::int32_t { Unpaused = 0 };
enum class StoppedDetail : std::int32_t { Shutdown = 0, Destroyed = 1, Crashed = 2, Saved = 4, Failed = 5 };
enum class ShutdownDetail : std::int32_t { Finished = 0, Guest = 1, Host = 2 };
enum class CrashedDetail : std::int32_t { Panicked = 0 };

struct DomainLifecycle {
    LifecycleEvent event;
    std::int32_t detail;

    DomainLifecycle(DefinedDetail why)
        : DomainLifecycle{LifecycleEvent::Defined, static_cast<std::int32_t>(why)} {}
    DomainLifecycle(UndefinedDetail why)
        : DomainLifecycle{LifecycleEvent::Undefined, static_cast<std::int32_t>(why)} {}
    DomainLifecycle(StartedDetail why)
        : DomainLifecycle{LifecycleEvent::Started, static_cast<std::int32_t>(why)} {}
    DomainLifecycle(SuspendedDetail why)
        : DomainLifecycle{LifecycleEvent::Suspended, static_cast<std::int32_t>(why)} {}
    DomainLifecycle(ResumedDetail why)
        : DomainLifecycle{LifecycleEvent::Resumed, static_cast<std::int32_t>(why)} {}
    DomainLifecycle(StoppedDetail why)
        : DomainLifecycle{LifecycleEvent::Stopped, static_cast<std::int32_t>(why)} {}
    DomainLifecycle(ShutdownDetail why)
        : DomainLifecycle{LifecycleEvent::Shutdown, static_cast<std::int32_t>(why)} {}
    DomainLifecycle(CrashedDetail why)
        : DomainLifecycle{LifecycleEvent::Crashed, static_cast<std::int32_t>(why)} {}
    DomainLifecycle(LifecycleEvent event, std::int32_t detail) : event{event}, detail{detail} {}
};

/// The guest was reset, by itself or on request.
struct DomainReboot {};
/// The guest set its clock: its distance from UTC is this many seconds now.
struct DomainRtcChange {
    std::int64_t offset;
};
/// virDomainEventWatchdogAction.
struct DomainWatchdog {
    std::int32_t action;
};
/// virDomainEventIOErrorAction; the reason is empty or "enospc". Tells two public events.
struct DomainIoError {
    std::string source, device, reason;
    std::int32_t action;
};
/// A client of a display: virDomainEventGraphicsPhase and virDomainEventGraphicsAddressType's numbers.
struct DomainGraphics {
    struct Address {
        std::int32_t family;
        std::string node, service;
    };
    std::int32_t phase;
    Address local, remote;
    std::string authentication;
    std::vector<std::pair<std::string, std::string>> subject; // type and name of each identity
};
/// The driver cannot follow its hypervisor any more.
struct DomainControlError {};
/// virDomainBlockJobType and virConnectDomainEventBlockJobStatus. Tells two public events, one with the
/// disk's path and one with its target.
struct DomainBlockJob {
    std::string path, target;
    std::int32_t type, status;
};
/// virConnectDomainEventDiskChangeReason.
struct DomainDiskChange {
    std::optional<std::string> old_source, new_source;
    std::string device;
    std::int32_t reason;
};
/// virDomainEventTrayChangeReason.
struct DomainTrayChange {
    std::string device;
    std::int32_t reason;
};
struct DomainPmWakeup {};
struct DomainPmSuspend {};
struct DomainPmSuspendDisk {};
/// The guest has this much memory now.
struct DomainBalloonChange {
    MemorySize actual;
};
struct DomainDeviceAdded {
    std::string device;
};
struct DomainDeviceRemoved {
    std::string device;
};
struct DomainDeviceRemovalFailed {
    std::string device;
};
/// Settings that were changed while the guest runs, under libvirt's names ("cputune.cpu_shares").
struct DomainTunable {
    std::vector<protocol::TypedParameter> parameters;
};
/// virConnectDomainEventAgentLifecycleState and its reasons.
struct DomainAgentLifecycle {
    std::int32_t state, reason;
};
struct DomainMigrationIteration {
    std::int32_t iteration;
};
struct DomainJobCompleted {
    std::vector<protocol::TypedParameter> parameters;
};
/// virDomainMetadataType; the namespace's URI for an element.
struct DomainMetadataChange {
    std::int32_t type;
    std::optional<std::string> uri;
};
struct DomainBlockThreshold {
    std::string device;
    std::optional<std::string> path;
    std::uint64_t threshold, excess; // bytes
};
/// virDomainMemoryFailureRecipientType, -ActionType and -Flags.
struct DomainMemoryFailure {
    std::int32_t recipient, action;
    std::uint32_t flags;
};
struct DomainMemoryDeviceSizeChange {
    std::string device;
    MemorySize size;
};

/// Something that happened to one domain.
struct DomainEvent {
    using What =
        std::variant<DomainLifecycle, DomainReboot, DomainRtcChange, DomainWatchdog, DomainIoError,
                     DomainGraphics, DomainControlError, DomainBlockJob, DomainDiskChange, DomainTrayChange,
                     DomainPmWakeup, DomainPmSuspend, DomainPmSuspendDisk, DomainBalloonChange,
                     DomainDeviceAdded, DomainDeviceRemoved, DomainDeviceRemovalFailed, DomainTunable,
                     DomainAgentLifecycle, DomainMigrationIteration, DomainJobCompleted, DomainMetadataChange,
                     DomainBlockThreshold, DomainMemoryFailure, DomainMemoryDeviceSizeChange>;
    std::string name;
    Uuid uuid;
    std::int32_t id; // -1 when it does not run after the event
    What what;
};

/// What the monitor of a running guest told by itself, before anybody made sense of it.
struct MonitorEvent {
    std::string name; // of the domain
    Uuid uuid;
    std::int32_t id;
    std::string event;                  // as the monitor calls it ("BLOCK_JOB_READY")
    std::int64_t seconds;               // of its time since the epoch
    std::uint32_t micros;               // and what is beyond the second
    std::optional<std::string> details; // its data, as JSON
};

/// Carries the events of a driver to whoever listens, in the order in which they happened. Main thread only.
template <class Event> class Hub {
public:
    using Listener = std::function<void(const Event&)>;
    /// Ends the subscription with its life.
    using Subscription = std::shared_ptr<void>;

    /// `listener` is called within `publish`; it must not throw and may not wait.
    Subscription subscribe(Listener listener) {
        auto entry = listeners_->insert(listeners_->end(), std::move(listener));
        return {static_cast<void*>(&*entry), [all = listeners_, entry](void*) { all->erase(entry); }};
    }
    void publish(const Event& event) {
        auto all = listeners_;
        for (auto listener = all->begin(); listener != all->end();) {
            auto next = std::next(listener); // a listener may end its own subscription
            (*listener)(event);
            listener = next;
        }
    }
    /// Whether publishing reaches anybody, for events that cost something to make.
    bool has_listeners() const { return !listeners_->empty(); }

private:
    std::shared_ptr<std::list<Listener>> listeners_ = std::make_shared<std::list<Listener>>();
};
using EventHub = Hub<DomainEvent>;
using MonitorEventHub = Hub<MonitorEvent>;

} // namespace vireo::hypervisor
