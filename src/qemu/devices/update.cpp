// SPDX-License-Identifier: Apache-2.0
// What of a device changes while its guest runs: the medium of a drive, an interface's cable and bridge, a
// display's password, how much of a virtio-mem device is there. All else is refused by name. The live
// definition says first how it shall be, then QEMU is made to be so: a daemon that ends amid that leaves the
// next one enough to go on.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "model/domain/device_change.hpp"
#include "qemu/command_line/block_nodes.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/devices/run_places.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/tap.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr log::Source log{"qemu.devices"};

bool is_removable(const Disk& disk) {
    return disk.device == DiskDevice::Cdrom || disk.device == DiskDevice::Floppy;
}

/// The change of a description that QEMU can follow: `before` with what may be another.
Disk allowed(Disk before, const Disk& after) {
    before.startup_policy = after.startup_policy;
    before.tray = after.tray;
    before.source_index = after.source_index;
    if (!is_removable(before)) return before;
    before.type = after.type;
    before.source = after.source;
    before.network = after.network;
    before.details = after.details;
    before.backing_store = after.backing_store;
    before.driver->type = after.driver->type;
    before.kept = after.kept;
    return before;
}
Interface allowed(Interface before, const Interface& after) {
    before.link = after.link;
    if (before.type == InterfaceType::Bridge) before.bridge = after.bridge;
    return before;
}
Graphics allowed(Graphics before, const Graphics& after) {
    before.password = after.password;
    before.password_valid_to = after.password_valid_to;
    before.connected = after.connected;
    return before;
}
Memory allowed(Memory before, const Memory& after) {
    if (before.model == MemoryModel::VirtioMem) before.requested = after.requested;
    return before;
}

/// The device that differs, if one does; null when all are as before. Throws OperationUnsupported where it
/// differs in more than is allowed.
template <class Device>
Device* find_changed(const std::vector<Device>& before, std::vector<Device>& after, const char* element) {
    for (std::size_t i = 0; i < before.size() && i < after.size(); ++i) {
        if (before[i] == after[i]) continue;
        auto obstacle = find_difference(allowed(before[i], after[i]), after[i]);
        if constexpr (std::is_same_v<Device, Disk>)
            if (before[i].source != after[i].source && !is_removable(before[i]))
                throw error(
                    ErrorCode::ConfigUnsupported,
                    fmt::format("disk '{}' is no removable drive: it keeps its source while the guest "
                                "runs",
                                before[i].target));
        if (!obstacle.empty())
            throw error(ErrorCode::OperationUnsupported,
                        fmt::format("{} of a <{}> cannot change while the guest runs", obstacle, element));
        return &after[i];
    }
    return nullptr;
}

/// What an update has decided.
struct Update {
    std::shared_ptr<const Domain> before;
    std::string alias; ///< of the device that changes; empty: none does
};

void decide(Update& update, Domain& after, std::size_t node) {
    const auto& old = update.before->devices;
    auto& devices = after.devices;
    if (auto* disk = find_changed(old.disks, devices.disks, "disk")) {
        update.alias = disk->info.alias;
        disk->source_index.reset();
        if (image_of(*disk).has_medium()) disk->source_index = static_cast<std::uint32_t>(node);
    } else if (auto* interface = find_changed(old.interfaces, devices.interfaces, "interface")) {
        update.alias = interface->info.alias;
    } else if (auto* memory = find_changed(old.memories, devices.memories, "memory")) {
        update.alias = memory->info.alias;
    }
}

const auto* find_by_alias(const auto& devices, std::string_view alias) {
    auto found = std::ranges::find_if(devices, [&](const auto& each) { return each.info.alias == alias; });
    return found == devices.end() ? nullptr : &*found;
}

/// Undoes the change of one device, and of the displays.
void restore(Domain& live, const Domain& before, std::string_view alias) {
    auto take_back = [&](auto& devices, const auto& old) {
        const auto* was = find_by_alias(old, alias);
        for (auto& device : devices)
            if (was != nullptr && device.info.alias == alias) device = *was;
    };
    take_back(live.devices.disks, before.devices.disks);
    take_back(live.devices.interfaces, before.devices.interfaces);
    take_back(live.devices.memories, before.devices.memories);
    live.devices.graphics = before.devices.graphics;
}

/// Drives for discs have trays; those for floppies, and sticks, do not.
bool has_tray(const Disk& disk) { return disk.device == DiskDevice::Cdrom && disk.bus != DiskBus::Usb; }

/// Whether a drive has in it what its description says.
awaitable<bool> is_loaded(std::shared_ptr<Monitor> monitor, const Disk& disk,
                          std::chrono::milliseconds deadline) {
    auto answer = co_await monitor->execute("query-block", deadline);
    std::string wanted, found;
    if (image_of(disk).has_medium()) wanted = fmt::format("libvirt-{}-format", disk.source_index.value_or(0));
    const auto* drives = answer.if_array();
    for (std::size_t i = 0; drives != nullptr && i < drives->size(); ++i) {
        const auto* drive = (*drives)[i].if_object();
        if (drive == nullptr || json::find_text(*drive, "qdev") != disk.info.alias) continue;
        if (const auto* medium = json::find_object(*drive, "inserted"))
            found = json::find_text(*medium, "node-name").value_or("");
    }
    co_return found == wanted;
}

/// The block nodes among the pieces of a disk.
std::vector<Piece> nodes_of(std::vector<Piece> pieces) {
    std::erase_if(pieces, [](const Piece& piece) { return piece.is_device(); });
    return pieces;
}
} // namespace

/// New images are opened first: what cannot be opened leaves the drive as it was.
awaitable<void> QemuDriver::change_medium(RunPtr run, const Disk& disk, std::vector<Piece> old_pieces,
                                          std::vector<Piece> new_pieces, bool force) {
    auto monitor = run->monitor;
    auto deadline = options_.monitor_deadline;
    bool has_medium = image_of(disk).has_medium();
    LentFiles none;
    co_await make_pieces(monitor, new_pieces, std::move(none), deadline);
    std::exception_ptr failure;
    try {
        json::object drive{{"id", disk.info.alias}}, opened{{"id", disk.info.alias}, {"force", force}};
        if (has_tray(disk)) co_await monitor->execute("blockdev-open-tray", std::move(opened), deadline);
        co_await monitor->execute("blockdev-remove-medium", drive, deadline);
        if (has_medium) {
            json::object medium{{"id", disk.info.alias}};
            medium["node-name"] = fmt::format("libvirt-{}-format", disk.source_index.value_or(0));
            co_await monitor->execute("blockdev-insert-medium", std::move(medium), deadline);
            if (has_tray(disk)) co_await monitor->execute("blockdev-close-tray", drive, deadline);
        }
    } catch (const Error&) { failure = std::current_exception(); }
    co_await remove_backends(monitor, failure ? std::move(new_pieces) : std::move(old_pieces), deadline);
    if (failure) std::rethrow_exception(failure);
}

awaitable<void> QemuDriver::apply_device(DomainPtr domain, RunPtr run, std::string alias,
                                         std::shared_ptr<const Model> before, bool force) {
    auto live =
        std::make_shared<const Model>(model::domain::parse(domain->durable.live.complete(), Scope::Live));
    const auto& devices = live->devices;
    auto monitor = run->monitor;
    auto deadline = options_.monitor_deadline;
    if (const auto* disk = find_by_alias(devices.disks, alias); disk != nullptr && is_removable(*disk)) {
        if (!before) {
            bool is_done = co_await is_loaded(monitor, *disk, deadline);
            if (is_done) co_return;
        }
        std::vector<Piece> old_pieces;
        if (before) old_pieces = nodes_of(co_await pieces_for(run, before, alias));
        auto new_pieces = nodes_of(co_await pieces_for(run, live, alias));
        if (!before) co_await remove_backends(monitor, new_pieces, deadline); // what the last daemon had made
        co_await change_medium(run, *disk, std::move(old_pieces), std::move(new_pieces), force);
    } else if (const auto* interface = find_by_alias(devices.interfaces, alias)) {
        json::object cable{{"name", alias}, {"up", interface->link != LinkState::Down}};
        co_await monitor->execute("set_link", std::move(cable), deadline);
        const auto* old = before ? find_by_alias(before->devices.interfaces, alias) : nullptr;
        if (old == nullptr || old->bridge == interface->bridge) co_return;
        auto move = [name = interface->target, from = old->bridge, to = interface->bridge] {
            move_tap(name, from, to);
        };
        co_await async::blocking(std::move(move));
    } else if (const auto* memory = find_by_alias(devices.memories, alias);
               memory != nullptr && memory->model == MemoryModel::VirtioMem) {
        json::object arguments{{"path", "/machine/peripheral/" + alias}, {"property", "requested-size"}};
        arguments["value"] = memory->requested.value_or(MemorySize{}).in_bytes();
        co_await monitor->execute("qom-set", std::move(arguments), deadline);
    }
}

awaitable<void> QemuDriver::update_live(DomainPtr domain, hypervisor::DeviceChange change, Text definition) {
    auto monitor = co_await require_monitor(domain);
    auto run = domain->run;
    auto update = std::make_shared<Update>();
    auto read = model::domain::parse(domain->durable.live.complete(), Scope::Live);
    auto capabilities = co_await capabilities_.get(read.devices.emulator);
    auto node = co_await free_node(monitor);
    auto graphics = std::make_shared<std::vector<Graphics>>(); // whose password is another now
    ChangeContext context;
    context.scope = Scope::Live;
    context.complete = [&](Model& changed) { complete(changed, *capabilities, Occasion::DeviceChange); };
    DurableChange intent{[&](Durable& next) {
        if (!next.run || next.run->id != run->record.id || !next.live)
            throw error(ErrorCode::OperationInvalid,
                        fmt::format("domain '{}' does not run any more", next.name));
        auto after = model::domain::parse(next.live.complete(), Scope::Live);
        update->before = std::make_shared<const Model>(after);
        update_device(after, change.device, context);
        decide(*update, after, node);
        const auto& old = update->before->devices.graphics;
        if (const auto* changed = find_changed(old, after.devices.graphics, "graphics"))
            graphics->push_back(*changed);
        require_supported(after, Concern::Run);
        next.live = format_text(after, true);
        if (!update->alias.empty()) next.run->changing.push_back(update->alias);
    }};
    co_await save(domain, std::move(intent));
    run->record.changing = domain->durable.run->changing;
    std::exception_ptr failure;
    try {
        for (const auto& display : *graphics) {
            auto deadline = options_.monitor_deadline;
            co_await set_display_password(monitor, display, deadline);
        }
        if (!update->alias.empty())
            co_await apply_device(domain, run, update->alias, update->before, change.force);
    } catch (...) { failure = std::current_exception(); }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    DurableChange outcome{[&](Durable& next) {
        if (!next.run || next.run->id != run->record.id) return;
        std::erase(next.run->changing, update->alias);
        if (failure) {
            auto live = model::domain::parse(next.live.complete(), Scope::Live);
            restore(live, *update->before, update->alias);
            next.live = format_text(live, true);
        }
        if (!failure && definition) next.definition = definition;
    }};
    co_await save(domain, std::move(outcome));
    if (domain->run == run) run->record.changing = domain->durable.run->changing;
    run->disk_nodes = DiskNodes{model::domain::parse(domain->durable.live.complete(), Scope::Live)};
    publish(domain);
    if (failure) std::rethrow_exception(failure);
    if (definition) tell(domain, hypervisor::DefinedDetail::Updated);
    log.info("{}: '{}' is changed", domain->durable.name, update->alias.empty() ? "display" : update->alias);
}

} // namespace vireo::qemu
