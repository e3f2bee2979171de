// SPDX-License-Identifier: Apache-2.0
#include "cli/event_kinds.hpp"

#include "cli/domain_states.hpp"
#include "cli/typed_parameters.hpp"
#include "protocol/domain_events.hpp"

#include <fmt/format.h>

#include <array>
#include <initializer_list>

namespace vireo::cli {

using namespace protocol;

namespace {
/// The word for a number that counts from 0.
std::string_view word(std::int32_t number, std::initializer_list<std::string_view> words) {
    auto index = static_cast<std::size_t>(number);
    return index < words.size() ? words.begin()[index] : "unknown";
}

constexpr auto none = [](const auto&) { return std::string{}; };
constexpr auto lifecycle = [](const DomainEventLifecycleMsg& event) {
    return fmt::format(": {} {}", lifecycle_name(event.event),
                       lifecycle_detail_name(event.event, event.detail));
};
constexpr auto rtc = [](const DomainEventRtcChangeMsg& event) { return fmt::format(": {}", event.offset); };
constexpr auto watchdog = [](const DomainEventWatchdogMsg& event) {
    return fmt::format(": {}", word(event.action, {"none", "pause", "reset", "poweroff", "shutdown", "debug",
                                                   "inject-nmi"}));
};
std::string_view io_error_action(std::int32_t action) { return word(action, {"none", "pause", "report"}); }
constexpr auto io_error = [](const DomainEventIoErrorMsg& event) {
    return fmt::format(": {} ({}) {}", event.src_path, event.dev_alias, io_error_action(event.action));
};
constexpr auto io_error_reason = [](const DomainEventIoErrorReasonMsg& event) {
    return fmt::format(": {} ({}) {} due to {}", event.src_path, event.dev_alias,
                       io_error_action(event.action), event.reason);
};
std::string address(const DomainEventGraphicsAddress& of) {
    return fmt::format("[{} {} {}]", word(of.family, {"IPv4", "IPv6", "unix"}), of.node, of.service);
}
constexpr auto graphics = [](const DomainEventGraphicsMsg& event) {
    auto text =
        fmt::format(": {} local{} remote{} {}", word(event.phase, {"connect", "initialize", "disconnect"}),
                    address(event.local), address(event.remote), event.auth_scheme);
    for (const auto& identity : event.subject) text += fmt::format("\n\t{}={}", identity.type, identity.name);
    return text;
};
std::string block_job_text(std::int32_t type, std::string_view disk, std::int32_t status) {
    return fmt::format(": {} for {} {}",
                       word(type, {"Unknown job", "Block Pull", "Block Copy", "Block Commit",
                                   "Active Block Commit", "Backup"}),
                       disk, word(status, {"completed", "failed", "canceled", "ready"}));
}
constexpr auto block_job = [](const DomainEventBlockJobMsg& event) {
    return block_job_text(event.type, event.path, event.status);
};
constexpr auto block_job_2 = [](const DomainEventBlockJob2Msg& event) {
    return block_job_text(event.type, event.dst, event.status);
};
constexpr auto disk_change = [](const DomainEventDiskChangeMsg& event) {
    return fmt::format(" disk {}: {} -> {}: {}", event.dev_alias, event.old_src_path.value_or(""),
                       event.new_src_path.value_or(""), word(event.reason, {"changed", "dropped"}));
};
constexpr auto tray = [](const DomainEventTrayChangeMsg& event) {
    return fmt::format(" disk {}: {}", event.dev_alias, word(event.reason, {"opened", "closed"}));
};
constexpr auto balloon = [](const DomainEventBalloonChangeMsg& event) {
    return fmt::format(": {}KiB", event.actual);
};
constexpr auto device = [](const auto& event) { return fmt::format(": {}", event.dev_alias); };
constexpr auto parameters = [](const auto& event) {
    std::string text{":"};
    for (const auto& [field, value] : event.params) text += fmt::format("\n\t{}: {}", field, text_of(value));
    return text;
};
constexpr auto agent = [](const DomainEventCallbackAgentLifecycleMsg& event) {
    return fmt::format(": state: '{}' reason: '{}'",
                       word(event.state, {"unknown", "connected", "disconnected"}),
                       word(event.reason, {"unknown", "domain started", "channel event"}));
};
constexpr auto iteration = [](const DomainEventCallbackMigrationIterationMsg& event) {
    return fmt::format(": iteration: '{}'", event.iteration);
};
constexpr auto metadata = [](const DomainEventCallbackMetadataChangeMsg& event) {
    return fmt::format(": type {}, uri {}", word(event.type, {"description", "title", "element"}),
                       event.nsuri.value_or("n/a"));
};
constexpr auto threshold = [](const DomainEventBlockThresholdMsg& event) {
    return fmt::format(": dev: {}({}) {} {}", event.dev, event.path.value_or(""), event.threshold,
                       event.excess);
};
constexpr auto memory_failure = [](const DomainEventMemoryFailureMsg& event) {
    return fmt::format(": recipient: {}\naction: {}\nflags:\n\taction required: {}\n\trecursive: {}",
                       word(event.recipient, {"hypervisor", "guest"}),
                       word(event.action, {"ignore", "inject", "fatal", "reset"}), event.flags & 1,
                       event.flags >> 1 & 1);
};
constexpr auto memory_size = [](const DomainEventMemoryDeviceSizeChangeMsg& event) {
    return fmt::format(":\nalias: {}\nsize: {}", event.alias, event.size);
};

/// Listens to messages that wrap an older one behind the callback's number, and to those that do not.
template <auto& event, auto details> void listen(client::Connection& connection, EventPrinter print) {
    connection.on_event(event, [print = std::move(print)](const auto& message) {
        if constexpr (requires { message.msg.dom; })
            print(message.msg.dom, details(message.msg));
        else
            print(message.dom, details(message));
    });
}

constexpr auto kinds = std::to_array<EventKind>({
    {"lifecycle", listen<domain_event_callback_lifecycle, lifecycle>},
    {"reboot", listen<domain_event_callback_reboot, none>},
    {"rtc-change", listen<domain_event_callback_rtc_change, rtc>},
    {"watchdog", listen<domain_event_callback_watchdog, watchdog>},
    {"io-error", listen<domain_event_callback_io_error, io_error>},
    {"graphics", listen<domain_event_callback_graphics, graphics>},
    {"io-error-reason", listen<domain_event_callback_io_error_reason, io_error_reason>},
    {"control-error", listen<domain_event_callback_control_error, none>},
    {"block-job", listen<domain_event_callback_block_job, block_job>},
    {"disk-change", listen<domain_event_callback_disk_change, disk_change>},
    {"tray-change", listen<domain_event_callback_tray_change, tray>},
    {"pm-wakeup", listen<domain_event_callback_pmwakeup, none>},
    {"pm-suspend", listen<domain_event_callback_pmsuspend, none>},
    {"balloon-change", listen<domain_event_callback_balloon_change, balloon>},
    {"pm-suspend-disk", listen<domain_event_callback_pmsuspend_disk, none>},
    {"device-removed", listen<domain_event_callback_device_removed, device>},
    {"block-job-2", listen<domain_event_block_job_2, block_job_2>},
    {"tunable", listen<domain_event_callback_tunable, parameters>},
    {"agent-lifecycle", listen<domain_event_callback_agent_lifecycle, agent>},
    {"device-added", listen<domain_event_callback_device_added, device>},
    {"migration-iteration", listen<domain_event_callback_migration_iteration, iteration>},
    {"job-completed", listen<domain_event_callback_job_completed, parameters>},
    {"device-removal-failed", listen<domain_event_callback_device_removal_failed, device>},
    {"metadata-change", listen<domain_event_callback_metadata_change, metadata>},
    {"block-threshold", listen<domain_event_block_threshold, threshold>},
    {"memory-failure", listen<domain_event_memory_failure, memory_failure>},
    {"memory-device-size-change", listen<domain_event_memory_device_size_change, memory_size>},
});
} // namespace

std::span<const EventKind> event_kinds() { return kinds; }

} // namespace vireo::cli
