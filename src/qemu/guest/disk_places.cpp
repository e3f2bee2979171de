// SPDX-License-Identifier: Apache-2.0
#include "qemu/guest/disk_places.hpp"

#include "json/json.hpp"

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::optional<PciAddress> pci_of(const json::object& address) {
    const auto* from = json::find_object(address, "pci-controller");
    if (from == nullptr) return std::nullopt;
    auto number = [&](std::string_view key, std::int64_t most) -> std::optional<std::int64_t> {
        auto value = json::find_number(*from, key);
        return value && *value >= 0 && *value <= most ? value : std::nullopt;
    };
    auto domain = number("domain", UINT16_MAX), bus = number("bus", UINT8_MAX), slot = number("slot", 31),
         function = number("function", 7);
    if (!domain || !bus || !slot || !function) return std::nullopt; // -1: the guest does not know it
    PciAddress place;
    place.domain = static_cast<std::uint16_t>(*domain);
    place.bus = static_cast<std::uint8_t>(*bus);
    place.slot = static_cast<std::uint8_t>(*slot);
    place.function = static_cast<std::uint8_t>(*function);
    return place;
}

bool is_at(const DeviceInfo& info, const PciAddress& place) {
    const auto* own = std::get_if<PciAddress>(&info.address);
    return own != nullptr && own->domain == place.domain && own->bus == place.bus &&
           own->slot == place.slot && own->function == place.function;
}

/// The kind of controller that disks of a bus hang on.
std::optional<ControllerType> controller_of(DiskBus bus) {
    switch (bus) {
    case DiskBus::Ide: return ControllerType::Ide;
    case DiskBus::Sata: return ControllerType::Sata;
    case DiskBus::Scsi: return ControllerType::Scsi;
    default: return std::nullopt;
    }
}

bool is_below(const Domain& live, const Disk& disk, const PciAddress& place, const json::object& address) {
    const auto* own = std::get_if<DriveAddress>(&disk.info.address);
    auto kind = disk.bus ? controller_of(*disk.bus) : std::nullopt;
    if (own == nullptr || !kind) return false;
    auto is_its = [&](const Controller& each) { return each.type == *kind && each.index == own->controller; };
    auto controller = std::ranges::find_if(live.devices.controllers, is_its);
    if (controller == live.devices.controllers.end()) return false;
    auto same = [&](std::string_view key, std::uint32_t number) {
        return json::find_number(address, key) == number;
    };
    return is_at(controller->info, place) && same("bus", own->bus) && same("target", own->target) &&
           same("unit", own->unit);
}
} // namespace

const Disk* find_disk_at(const Domain& live, const json::object& address) {
    auto place = pci_of(address);
    if (!place) return nullptr;
    const auto& disks = live.devices.disks;
    auto is_it = [&](const Disk& disk) {
        return is_at(disk.info, *place) || is_below(live, disk, *place, address);
    };
    auto found = std::ranges::find_if(disks, is_it);
    return found == disks.end() ? nullptr : &*found;
}

} // namespace vireo::qemu
