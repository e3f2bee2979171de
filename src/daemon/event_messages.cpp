// SPDX-License-Identifier: Apache-2.0
// A message is filled once, from what the driver says; the table at the end says in which messages of the
// wire it goes. The newer form of an old kind wraps the old message behind the callback's number.
#include "daemon/event_messages.hpp"

#include "protocol/domain_events.hpp"

#include <array>
#include <type_traits>

namespace vireo::daemon {

namespace {
using namespace hypervisor; // NOLINT(google-build-using-namespace): all of its events
using namespace protocol;   // NOLINT(google-build-using-namespace): and all of their messages

void fill(DomainEventLifecycleMsg& message, const DomainLifecycle& what) {
    message.event = static_cast<std::int32_t>(what.event);
    message.detail = what.detail;
}
void fill(DomainEventRebootMsg&, const DomainReboot&) {}
void fill(DomainEventRtcChangeMsg& message, const DomainRtcChange& what) { message.offset = what.offset; }
void fill(DomainEventWatchdogMsg& message, const DomainWatchdog& what) { message.action = what.action; }
void fill(DomainEventIoErrorMsg& message, const DomainIoError& what) {
    message.src_path = what.source;
    message.dev_alias = what.device;
    message.action = what.action;
}
void fill(DomainEventIoErrorReasonMsg& message, const DomainIoError& what) {
    message.src_path = what.source;
    message.dev_alias = what.device;
    message.action = what.action;
    message.reason = what.reason;
}
void fill(DomainEventGraphicsMsg& message, const DomainGraphics& what) {
    message.phase = what.phase;
    message.local = {what.local.family, what.local.node, what.local.service};
    message.remote = {what.remote.family, what.remote.node, what.remote.service};
    message.auth_scheme = what.authentication;
    for (const auto& [type, name] : what.subject) message.subject.push_back({type, name});
}
void fill(DomainEventControlErrorMsg&, const DomainControlError&) {}
void fill(DomainEventBlockJobMsg& message, const DomainBlockJob& what) {
    message.path = what.path;
    message.type = what.type;
    message.status = what.status;
}
void fill(DomainEventBlockJob2Msg& message, const DomainBlockJob& what) {
    message.dst = what.target;
    message.type = what.type;
    message.status = what.status;
}
void fill(DomainEventDiskChangeMsg& message, const DomainDiskChange& what) {
    message.old_src_path = what.old_source;
    message.new_src_path = what.new_source;
    message.dev_alias = what.device;
    message.reason = what.reason;
}
void fill(DomainEventTrayChangeMsg& message, const DomainTrayChange& what) {
    message.dev_alias = what.device;
    message.reason = what.reason;
}
void fill(DomainEventPmwakeupMsg&, const DomainPmWakeup&) {}
void fill(DomainEventPmsuspendMsg&, const DomainPmSuspend&) {}
void fill(DomainEventPmsuspendDiskMsg&, const DomainPmSuspendDisk&) {}
void fill(DomainEventBalloonChangeMsg& message, const DomainBalloonChange& what) {
    message.actual = what.actual.in_kib();
}
void fill(DomainEventDeviceRemovedMsg& message, const DomainDeviceRemoved& what) {
    message.dev_alias = what.device;
}
void fill(DomainEventCallbackTunableMsg& message, const DomainTunable& what) {
    message.params.assign(what.parameters.begin(), what.parameters.end());
}
void fill(DomainEventCallbackAgentLifecycleMsg& message, const DomainAgentLifecycle& what) {
    message.state = what.state;
    message.reason = what.reason;
}
void fill(DomainEventCallbackDeviceAddedMsg& message, const DomainDeviceAdded& what) {
    message.dev_alias = what.device;
}
void fill(DomainEventCallbackMigrationIterationMsg& message, const DomainMigrationIteration& what) {
    message.iteration = what.iteration;
}
void fill(DomainEventCallbackJobCompletedMsg& message, const DomainJobCompleted& what) {
    message.params.assign(what.parameters.begin(), what.parameters.end());
}
void fill(DomainEventCallbackDeviceRemovalFailedMsg& message, const DomainDeviceRemovalFailed& what) {
    message.dev_alias = what.device;
}
void fill(DomainEventCallbackMetadataChangeMsg& message, const DomainMetadataChange& what) {
    message.type = what.type;
    message.nsuri = what.uri;
}
void fill(DomainEventBlockThresholdMsg& message, const DomainBlockThreshold& what) {
    message.dev = what.device;
    message.path = what.path;
    message.threshold = what.threshold;
    message.excess = what.excess;
}
void fill(DomainEventMemoryFailureMsg& message, const DomainMemoryFailure& what) {
    message.recipient = what.recipient;
    message.action = what.action;
    message.flags = what.flags;
}
void fill(DomainEventMemoryDeviceSizeChangeMsg& message, const DomainMemoryDeviceSizeChange& what) {
    message.alias = what.device;
    message.size = what.size.in_kib();
}

template <class Message, class What> Message message_of(const DomainEvent& event) {
    Message message;
    message.dom = {event.name, event.uuid, event.id};
    fill(message, std::get<What>(event.what));
    return message;
}

/// The position of an alternative in a variant.
template <class What, class Variant> struct IndexIn;
template <class What, class... All> struct IndexIn<What, std::variant<All...>> {
    static constexpr std::size_t value = [] {
        std::size_t index = 0;
        (void)((std::is_same_v<What, All> || (++index, false)) || ...);
        return index;
    }();
};
template <class What> constexpr auto index_of = IndexIn<What, DomainEvent::What>::value;

template <class Entry> struct MessageOf;
template <class Message> struct MessageOf<const Event<Message>> {
    using type = Message;
};
template <const auto& Entry> using Message = MessageOf<std::remove_reference_t<decltype(Entry)>>::type;

/// A kind of both styles.
template <class What, const auto& Old, const auto& Numbered> constexpr DomainEventKind both() {
    return {index_of<What>,
            [](rpc::Session& session, const DomainEvent& event) {
                session.send_event(Old, message_of<Message<Old>, What>(event));
            },
            [](rpc::Session& session, std::int32_t callback, const DomainEvent& event) {
                Message<Numbered> message;
                message.callback_id = callback;
                message.msg = message_of<Message<Old>, What>(event);
                session.send_event(Numbered, message);
            }};
}

/// A kind that has only numbered messages.
template <class What, const auto& Numbered> constexpr DomainEventKind numbered() {
    return {index_of<What>, nullptr,
            [](rpc::Session& session, std::int32_t callback, const DomainEvent& event) {
                auto message = message_of<Message<Numbered>, What>(event);
                message.callback_id = callback;
                session.send_event(Numbered, message);
            }};
}

constexpr std::array kinds{
    both<DomainLifecycle, domain_event_lifecycle, domain_event_callback_lifecycle>(),
    both<DomainReboot, domain_event_reboot, domain_event_callback_reboot>(),
    both<DomainRtcChange, domain_event_rtc_change, domain_event_callback_rtc_change>(),
    both<DomainWatchdog, domain_event_watchdog, domain_event_callback_watchdog>(),
    both<DomainIoError, domain_event_io_error, domain_event_callback_io_error>(),
    both<DomainGraphics, domain_event_graphics, domain_event_callback_graphics>(),
    both<DomainIoError, domain_event_io_error_reason, domain_event_callback_io_error_reason>(),
    both<DomainControlError, domain_event_control_error, domain_event_callback_control_error>(),
    both<DomainBlockJob, domain_event_block_job, domain_event_callback_block_job>(),
    both<DomainDiskChange, domain_event_disk_change, domain_event_callback_disk_change>(),
    both<DomainTrayChange, domain_event_tray_change, domain_event_callback_tray_change>(),
    both<DomainPmWakeup, domain_event_pmwakeup, domain_event_callback_pmwakeup>(),
    both<DomainPmSuspend, domain_event_pmsuspend, domain_event_callback_pmsuspend>(),
    both<DomainBalloonChange, domain_event_balloon_change, domain_event_callback_balloon_change>(),
    both<DomainPmSuspendDisk, domain_event_pmsuspend_disk, domain_event_callback_pmsuspend_disk>(),
    both<DomainDeviceRemoved, domain_event_device_removed, domain_event_callback_device_removed>(),
    numbered<DomainBlockJob, domain_event_block_job_2>(),
    numbered<DomainTunable, domain_event_callback_tunable>(),
    numbered<DomainAgentLifecycle, domain_event_callback_agent_lifecycle>(),
    numbered<DomainDeviceAdded, domain_event_callback_device_added>(),
    numbered<DomainMigrationIteration, domain_event_callback_migration_iteration>(),
    numbered<DomainJobCompleted, domain_event_callback_job_completed>(),
    numbered<DomainDeviceRemovalFailed, domain_event_callback_device_removal_failed>(),
    numbered<DomainMetadataChange, domain_event_callback_metadata_change>(),
    numbered<DomainBlockThreshold, domain_event_block_threshold>(),
    numbered<DomainMemoryFailure, domain_event_memory_failure>(),
    numbered<DomainMemoryDeviceSizeChange, domain_event_memory_device_size_change>(),
};
static_assert(kinds.size() == 27); // virDomainEventID of libvirt 9.0
} // namespace

std::span<const DomainEventKind> domain_event_kinds() { return kinds; }

} // namespace vireo::daemon
