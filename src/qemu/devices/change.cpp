// SPDX-License-Identifier: Apache-2.0
// Changes of devices: of the definition, of what runs, or of both. A change of both is worked out for both
// before anything happens, and written in one go.
#include "hypervisor/device_change.hpp"
#include "model/domain/describe/device_lists.hpp"
#include "model/domain/xml.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "xml/document.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using hypervisor::DeviceAction;

namespace {
/// Attaching a disc to a drive that is there means its medium.
bool names_drive(const model::domain::Domain& live, std::string_view xml) {
    xml::Document document{xml, ErrorDomain::Domain};
    auto device = document.root();
    std::string_view kind = device.attribute("device").value();
    bool is_drive = std::string_view{device.name()} == "disk" && (kind == "cdrom" || kind == "floppy");
    std::string_view target = device.child("target").attribute("dev").value();
    return is_drive && std::ranges::find(live.devices.disks, target, &model::domain::Disk::target) !=
                           live.devices.disks.end();
}
} // namespace

awaitable<void> QemuDriver::change_device(Uuid uuid, std::string name, hypervisor::DeviceChange change,
                                          hypervisor::Impact impact) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "change_device");
    co_await job.run(edit_devices(domain, std::move(change), impact));
}

awaitable<Text> QemuDriver::changed_definition(DomainPtr domain, hypervisor::DeviceChange change) {
    auto model = model::domain::parse(domain->durable.definition.complete());
    auto capabilities = co_await capabilities_.get(emulator_of(model, host_architecture()));
    model::domain::ChangeContext context;
    context.complete = [&](Model& changed) { complete(changed, *capabilities, Occasion::DeviceChange); };
    context.check = [&](Model& changed) { complete(changed, *capabilities, Occasion::DeviceTrial); };
    hypervisor::apply(change, model, context);
    co_return format_text(model, false);
}

awaitable<void> QemuDriver::edit_devices(DomainPtr domain, hypervisor::DeviceChange change,
                                         hypervisor::Impact impact) {
    auto scopes = scopes_of(*domain, impact);
    auto name = domain->durable.name;
    if (change.action == DeviceAction::Attach) change.device = model::domain::settle_device(change.device);
    Text definition;
    if (scopes.persistent) definition = co_await changed_definition(domain, change);
    if (scopes.live && change.action == DeviceAction::Attach) {
        auto live = co_await read_live(domain);
        if (names_drive(live, change.device)) change.action = DeviceAction::Update;
    }
    if (scopes.live && change.action == DeviceAction::Attach)
        co_return co_await attach_live(domain, std::move(change.device), std::move(definition));
    if (scopes.live && change.action == DeviceAction::Update)
        co_return co_await update_live(domain, std::move(change), std::move(definition));
    if (scopes.live) co_await detach_live(domain, std::move(change));
    if (!scopes.persistent) co_return;
    if (!co_await set_definition(domain, name, std::move(definition)))
        throw error(ErrorCode::NoDomain, fmt::format("domain '{}' was undefined meanwhile", name));
}

awaitable<std::size_t> QemuDriver::free_node(std::shared_ptr<Monitor> monitor) {
    constexpr std::string_view prefix = "libvirt-";
    json::object flat{{"flat", true}};
    auto answer =
        co_await monitor->execute("query-named-block-nodes", std::move(flat), options_.monitor_deadline);
    std::size_t highest = 0;
    const auto* nodes = answer.if_array();
    for (std::size_t i = 0; nodes != nullptr && i < nodes->size(); ++i) {
        const auto* node = (*nodes)[i].if_object();
        auto name = node != nullptr ? json::find_text(*node, "node-name").value_or("") : std::string_view{};
        if (!name.starts_with(prefix)) continue;
        auto number = std::strtoul(std::string{name.substr(prefix.size())}.c_str(), nullptr, 10);
        highest = std::max(highest, static_cast<std::size_t>(number));
    }
    co_return highest + 1;
}

awaitable<std::vector<Piece>> QemuDriver::pieces_for(RunPtr run, std::shared_ptr<const Model> live,
                                                     std::string alias) {
    auto capabilities = co_await capabilities_.get(live->devices.emulator);
    std::size_t node = 1;
    for (const auto& disk : live->devices.disks)
        if (disk.info.alias == alias) node = disk.source_index.value_or(1);
    co_return pieces_of(build_device(*live, *capabilities, context_of(*run), alias, node));
}

awaitable<bool> QemuDriver::drop_devices(DomainPtr domain, RunPtr run, std::vector<std::string> aliases) {
    bool found = false;
    DurableChange change{[&](Durable& next) {
        if (!next.run || next.run->id != run->record.id || !next.live) return;
        auto live = model::domain::parse(next.live.complete(), model::domain::Scope::Live);
        model::domain::ChangeContext context{.scope = model::domain::Scope::Live};
        for (const auto& alias : aliases) {
            std::erase(next.run->changing, alias);
            bool is_there = false;
            model::domain::for_each_info(
                live.devices, [&](const auto& info) { is_there = is_there || info.alias == alias; });
            if (!is_there) continue;
            found = true;
            model::domain::detach_device_by_alias(live, alias, context);
        }
        if (found) next.live = format_text(live, true);
        run->disk_nodes = DiskNodes{live};
    }};
    co_await try_save(domain, std::move(change));
    if (domain->run != run) co_return false;
    if (domain->durable.run) run->record.changing = domain->durable.run->changing;
    publish(domain);
    co_return found;
}

} // namespace vireo::qemu
