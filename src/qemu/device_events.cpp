// SPDX-License-Identifier: Apache-2.0
// What QEMU tells of a guest's devices. Most of it changes no state: clients are told, and what the live
// definition shows of it is written soon after. (QEMU itself limits how often a guest can cause most of the
// events that it can cause as it likes; failures of disks are limited here.)
#include "base/log.hpp"
#include "model/domain/xml.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr log::Source log{"qemu"};
constexpr std::string_view character_prefix = "char"; // of the backend of a character device

std::string text(const json::object& from, std::string_view key) {
    return std::string{json::find_text(from, key).value_or("")};
}

/// The number of a word in a list that counts as libvirt's enum does; `otherwise` when it is not there.
std::int32_t number_of(std::string_view word, std::initializer_list<std::string_view> words,
                       std::int32_t otherwise = 0) {
    auto found = std::ranges::find(words, word);
    return found == words.end() ? otherwise : static_cast<std::int32_t>(found - words.begin());
}

/// virDomainEventGraphicsAddressType.
hypervisor::DomainGraphics::Address address_of(const json::object& event, std::string_view side) {
    const auto* from = json::find_object(event, side);
    if (from == nullptr) return {0, "", ""};
    auto service = text(*from, from->contains("service") ? "service" : "port");
    return {number_of(text(*from, "family"), {"ipv4", "ipv6", "unix"}), text(*from, "host"), service};
}

hypervisor::DomainGraphics graphics_of(const MonitorEvent& event, std::int32_t phase) {
    hypervisor::DomainGraphics what;
    what.phase = phase;
    what.local = address_of(event.data, "server");
    what.remote = address_of(event.data, "client");
    if (const auto* server = json::find_object(event.data, "server"))
        what.authentication = text(*server, "auth");
    if (const auto* client = json::find_object(event.data, "client")) {
        for (auto [member, kind] : {std::pair{"x509_dname", "x509dname"}, {"sasl_username", "saslUsername"}})
            if (auto name = json::find_text(*client, member)) what.subject.emplace_back(kind, *name);
    }
    return what;
}

/// The phase that an event of a display tells (virDomainEventGraphicsPhase), if it is one.
std::optional<std::int32_t> phase_of(std::string_view event) {
    bool display = event.starts_with("VNC_") || event.starts_with("SPICE_");
    if (!display) return std::nullopt;
    if (event.ends_with("_CONNECTED") && !event.ends_with("_DISCONNECTED")) return 0;
    if (event.ends_with("_INITIALIZED")) return 1;
    if (event.ends_with("_DISCONNECTED")) return 2;
    return std::nullopt;
}

hypervisor::DomainMemoryFailure memory_failure_of(const json::object& data) {
    constexpr std::uint32_t required = 1, recursive = 2; // virDomainMemoryFailureFlags
    hypervisor::DomainMemoryFailure failure{};
    failure.recipient = number_of(text(data, "recipient"), {"hypervisor", "guest"});
    failure.action = number_of(text(data, "action"), {"ignore", "inject", "fatal", "reset"});
    const auto* flags = json::find_object(data, "flags");
    if (flags == nullptr) return failure;
    if (json::find_flag(*flags, "action-required").value_or(false)) failure.flags |= required;
    if (json::find_flag(*flags, "recursive").value_or(false)) failure.flags |= recursive;
    return failure;
}
} // namespace

/// To those who want to hear the monitor itself.
void QemuDriver::relay(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event) {
    if (!monitor_events_.has_listeners()) return;
    auto seconds = std::chrono::floor<std::chrono::seconds>(event.time);
    hypervisor::MonitorEvent told{
        domain->durable.name, domain->uuid,    run->record.id,
        event.name,           seconds.count(), static_cast<std::uint32_t>((event.time - seconds).count()),
        std::nullopt};
    if (!event.data.empty()) told.details = json::print(event.data);
    monitor_events_.publish(told);
}

void QemuDriver::take_device_event(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event) {
    const auto& name = event.name;
    const auto& data = event.data;
    if (auto phase = phase_of(name)) {
        tell(domain, graphics_of(event, *phase));
    } else if (name == "BLOCK_IO_ERROR") {
        take_io_error(domain, run, event);
    } else if (name == "WATCHDOG") {
        tell(domain, hypervisor::DomainWatchdog{
                         number_of(text(data, "action"), {"none", "pause", "reset", "poweroff", "shutdown",
                                                          "debug", "inject-nmi"})});
    } else if (name == "RTC_CHANGE") {
        take_clock(domain, run, json::find_number(data, "offset").value_or(0));
    } else if (name == "BALLOON_CHANGE") {
        auto bytes = json::find_number(data, "actual").value_or(0);
        if (bytes <= 0) return;
        auto actual = MemorySize::bytes(static_cast<std::uint64_t>(bytes));
        note(domain, run, "memory", [actual](Model& live) { live.current_memory = actual; });
        tell(domain, hypervisor::DomainBalloonChange{actual});
    } else if (name == "DEVICE_TRAY_MOVED") {
        auto alias = text(data, "id");
        bool open = json::find_flag(data, "tray-open").value_or(false);
        note(domain, run, "tray " + alias, [alias, open](Model& live) {
            for (auto& disk : live.devices.disks)
                if (disk.info.alias == alias) disk.tray = open ? Tray::Open : Tray::Closed;
        });
        tell(domain, hypervisor::DomainTrayChange{alias, open ? 0 : 1});
    } else if (name == "DEVICE_DELETED") {
        auto alias = text(data, "device");
        if (alias.empty()) return; // part of another one
        if (auto awaited = run->removals.find(alias); awaited != run->removals.end()) {
            awaited->second.give();
            return spawn(recount_vcpus(domain, run));
        }
        spawn(finish_removal(domain, run, alias));
    } else if (name == "DEVICE_UNPLUG_GUEST_ERROR") {
        auto alias = text(data, "device");
        if (auto awaited = run->unplugs.find(alias); awaited != run->unplugs.end()) {
            awaited->second->rejected = true;
            awaited->second->over.give();
        }
        tell(domain, hypervisor::DomainDeviceRemovalFailed{alias});
    } else if (name == "VSERPORT_CHANGE") {
        constexpr std::int32_t by_channel = 2; // virConnectDomainEventAgentLifecycleReason
        take_port_change(domain, run, text(data, "id"), json::find_flag(data, "open").value_or(false),
                         by_channel);
    } else if (name == "GUEST_CRASHLOADED") {
        constexpr std::int32_t crash_loaded = 1; // virDomainEventCrashedDetailType
        tell(domain, hypervisor::DomainLifecycle{hypervisor::LifecycleEvent::Crashed, crash_loaded});
    } else if (name == "MEMORY_FAILURE") {
        tell(domain, memory_failure_of(data));
    } else if (name == "MEMORY_DEVICE_SIZE_CHANGE") {
        auto bytes = std::max<std::int64_t>(json::find_number(data, "size").value_or(0), 0);
        tell(domain, hypervisor::DomainMemoryDeviceSizeChange{
                         text(data, "id"), MemorySize::bytes(static_cast<std::uint64_t>(bytes))});
    }
}

void QemuDriver::take_io_error(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event) {
    constexpr std::int32_t stopped = 1; // virDomainEventIOErrorAction
    hypervisor::DomainIoError what;
    what.action = number_of(text(event.data, "action"), {"ignore", "stop", "report"});
    if (json::find_flag(event.data, "nospace").value_or(false)) what.reason = "enospc";
    if (const auto* disk = run->disk_nodes.find(text(event.data, "node-name"))) {
        what.source = disk->source;
        what.device = disk->alias;
    }
    // A guest that is stopped cannot go on by itself; one that runs can fail as often as it likes.
    bool repeats = what.action != stopped;
    if (repeats && !run->fault_gate.passes(what.device, what.action, FaultGate::Clock::now())) return;
    log.warning("{}: disk {} ({}) has failed: {}", domain->durable.name, what.device, what.source,
                text(event.data, "reason"));
    events_.publish({domain->durable.name, domain->uuid, run->record.id, std::move(what)});
}

/// QEMU counts from the clock's start, clients from UTC where the clock is one of variable offset.
void QemuDriver::take_clock(const DomainPtr& domain, const RunPtr& run, std::int64_t offset) {
    if (auto start = run->record.clock_start) {
        constexpr std::int64_t far = 1LL << 40; // seconds; a guest can say anything
        offset = *start + std::clamp(offset, -far, far);
        note(domain, run, "clock", [offset](Model& live) { live.clock.adjustment = std::to_string(offset); });
    }
    tell(domain, hypervisor::DomainRtcChange{offset});
}

/// The guest has opened or closed a port. `reason` is virConnectDomainEventAgentLifecycleReason's.
void QemuDriver::take_port_change(const DomainPtr& domain, const RunPtr& run, std::string_view alias,
                                  bool open, std::int32_t reason) {
    auto state = open ? ChannelState::Connected : ChannelState::Disconnected;
    note(domain, run, fmt::format("port {}", alias), [name = std::string{alias}, state](Model& live) {
        for (auto& channel : live.devices.channels)
            if (channel.info.alias == name) channel.state = state;
    });
    if (!run->agent || alias != run->agent_channel || run->agent_present == open) return;
    run->agent_present = open;
    if (!open) run->agent->disconnect();
    constexpr std::int32_t connected = 1, disconnected = 2; // virConnectDomainEventAgentLifecycleState
    tell(domain, hypervisor::DomainAgentLifecycle{open ? connected : disconnected, reason});
}

/// Asks which ports the guest has open, after a time in which its events were told to nobody.
awaitable<void> QemuDriver::look_at_ports(DomainPtr domain, RunPtr run) {
    auto monitor = run->monitor;
    if (!run->agent || !monitor) co_return;
    auto answer = co_await monitor->execute("query-chardev", options_.monitor_deadline);
    const auto* devices = answer.if_array();
    if (devices == nullptr || domain->run != run) co_return;
    for (const auto& item : *devices) {
        const auto* device = item.if_object();
        if (device == nullptr || text(*device, "label") != std::string{character_prefix} + run->agent_channel)
            continue;
        constexpr std::int32_t unknown = 0;
        take_port_change(domain, run, run->agent_channel,
                         json::find_flag(*device, "frontend-open").value_or(false), unknown);
    }
}

void QemuDriver::note(const DomainPtr& domain, const RunPtr& run, std::string about,
                      std::function<void(Model&)> news) {
    bool idle = run->news.empty();
    run->news.insert_or_assign(std::move(about), std::move(news));
    if (idle) spawn(write_news(domain, run));
}

awaitable<void> QemuDriver::write_news(DomainPtr domain, RunPtr run) {
    if (domain->run != run) co_return;
    DurableChange change{[run](Durable& next) {
        auto news = std::exchange(run->news, {}); // also what came while others wrote
        if (!next.run || next.run->id != run->record.id || !next.live) return;
        auto live = model::domain::parse(next.live.complete(), Scope::Live);
        for (const auto& [about, tell] : news) tell(live);
        next.live = format_text(live, true);
    }};
    std::string failure;
    try {
        if (co_await try_save(domain, std::move(change)) && domain->run == run) publish(domain);
    } catch (const std::exception& error) { failure = error.what(); }
    if (failure.empty()) co_return;
    run->news.clear();
    log.error("{}: its live definition does not show all that QEMU told: {}", domain->durable.name, failure);
}

} // namespace vireo::qemu
