// SPDX-License-Identifier: Apache-2.0
#include "qemu/devices/attachment.hpp"

#include "model/domain/describe/device_lists.hpp"
#include "qemu/command_line/aliases.hpp"
#include "qemu/command_line/block_nodes.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/devices/live_rules.hpp"
#include "qemu/devices/run_places.hpp"
#include "qemu/error.hpp"
#include "qemu/io_throttle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::size_t count_buses(const Domain& domain) {
    const auto& all = domain.devices.controllers;
    return static_cast<std::size_t>(std::ranges::count(all, ControllerType::Pci, &Controller::type));
}

/// Controllers first: others plug into them.
std::vector<std::string> new_aliases(const Domain& domain, const std::set<std::string>& before) {
    std::vector<std::string> aliases;
    auto add = [&](const std::string& alias) {
        bool is_new =
            !alias.empty() && !before.contains(alias) && std::ranges::find(aliases, alias) == aliases.end();
        if (is_new) aliases.push_back(alias);
    };
    for (const auto& controller : domain.devices.controllers) add(controller.info.alias);
    for_each_info(domain.devices, [&](const DeviceInfo& info) { add(info.alias); });
    return aliases;
}

/// What QEMU is told of a device once it is there.
void add_settings(std::vector<Piece>& pieces, const Domain& live, const std::string& alias) {
    for (const auto& interface : live.devices.interfaces) {
        if (interface.info.alias != alias || interface.link != LinkState::Down) continue;
        json::object unplugged{{"name", alias}, {"up", false}};
        pieces.push_back({"set_link", std::move(unplugged), {}, {}, {}, {}});
    }
    for (const auto& disk : live.devices.disks) {
        if (disk.info.alias != alias) continue;
        auto limits = throttle_of(disk);
        if (!limits.empty()) pieces.push_back({"block_set_io_throttle", std::move(limits), {}, {}, {}, {}});
    }
}

/// A device of the host that is passed on must be there: QEMU's own words for that say little.
void require_host_device(const json::object& device, const std::string& alias) {
    auto require = [&](const std::string& path) {
        std::error_code failure;
        if (!std::filesystem::exists(path, failure))
            throw error(ErrorCode::SystemError,
                        fmt::format("'{}' cannot be attached: this host has no {}", alias, path));
    };
    for (const char* key : {"hostdevice", "sysfsdev", "evdev"})
        if (auto path = json::find_text(device, key)) require(std::string{*path});
    if (auto address = json::find_text(device, "host");
        address && json::find_text(device, "driver") == "vfio-pci")
        require(fmt::format("/sys/bus/pci/devices/{}", *address));
}
} // namespace

void Attachment::decide(Domain now, std::string_view xml) {
    require_live_kind(xml, "attached to");
    auto before = aliases_of(now);
    auto buses = count_buses(now);
    ChangeContext change;
    change.scope = Scope::Live;
    change.complete = [&](Domain& changed) { complete(changed, *capabilities, Occasion::DeviceChange); };
    attach_device(now, xml, change);
    if (count_buses(now) != buses)
        throw error(ErrorCode::InternalError,
                    fmt::format("the running domain '{}' has no free PCI slot for it: give its definition a "
                                "<controller type='pci' model='pcie-root-port'/> more, for the next start",
                                now.name));
    name_new_devices(now);
    set_channel_paths(now, context.channel_directory);
    close_ports(now);
    aliases = new_aliases(now, before);
    if (aliases.empty())
        throw error(ErrorCode::OperationUnsupported,
                    fmt::format("devices of this kind cannot be attached to the running domain '{}': change "
                                "its definition for the next start",
                                now.name));
    for (auto& disk : now.devices.disks)
        if (!before.contains(disk.info.alias) && image_of(disk).has_medium())
            disk.source_index = static_cast<std::uint32_t>(node);
    live = std::move(now);
    for (const auto& alias : aliases) {
        require_pluggable(live, alias);
        auto made = pieces_of(build_device(live, *capabilities, context, alias, node));
        for (const auto& piece : made)
            if (piece.is_device()) require_host_device(piece.arguments, alias);
        std::ranges::move(made, std::back_inserter(pieces));
        add_settings(pieces, live, alias);
    }
}

} // namespace vireo::qemu
