// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/aliases.hpp"

#include "qemu/defaults/complete.hpp"
#include "qemu/defaults/steps.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <optional>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// Which devices get a name: all, or those that have none yet.
enum class Naming { All, New };

void name_device(DeviceInfo& info, std::string alias, Naming naming) {
    bool has_one = info.has_user_alias() || (naming == Naming::New && !info.alias.empty());
    if (!has_one) info.alias = std::move(alias);
}

std::string alias_of(const Controller& controller, Board board) {
    auto index = *controller.index;
    switch (controller.type) {
    case ControllerType::Pci:
        if (index == 0) return has_express(board) ? "pcie.0" : "pci.0";
        return fmt::format("pci.{}", index);
    case ControllerType::Usb: return index == 0 ? "usb" : fmt::format("usb{}", index);
    case ControllerType::Ide:
        if (board == Board::I440fx && index == 0) return "ide";
        break;
    case ControllerType::Sata: // the one of the board calls its ports ide.0 to ide.5
        if (board == Board::Q35 && index == 0) return "ide";
        break;
    case ControllerType::Scsi:
        if (controller.model == "ncr53c90" && index == 0) return "scsi"; // of the board
        break;
    default: break;
    }
    return fmt::format("{}{}", name_of(controller.type), index);
}

std::string alias_of(const Disk& disk, Domain& domain) {
    auto prefix = disk.bus == DiskBus::Virtio ? "virtio-disk" : "usb-disk";
    const auto* drive = std::get_if<DriveAddress>(&disk.info.address);
    if (drive == nullptr) return fmt::format("{}{}", prefix, disk_index(disk.target).value_or(0));
    const auto* controller = find_controller(domain, ControllerType::Scsi, drive->controller);
    bool wide = disk.bus == DiskBus::Scsi && controller != nullptr && controller->model != "lsilogic";
    if (wide)
        return fmt::format("scsi{}-{}-{}-{}", drive->controller, drive->bus, drive->target, drive->unit);
    return fmt::format("{}{}-{}-{}", name_of(*disk.bus), drive->controller, drive->bus, drive->unit);
}

/// The number in "net3"; none in a name of another kind.
std::optional<std::size_t> number_in(std::string_view alias, std::string_view prefix) {
    if (!alias.starts_with(prefix)) return std::nullopt;
    alias.remove_prefix(prefix.size());
    std::size_t number = 0;
    auto [rest, failure] = std::from_chars(alias.data(), alias.data() + alias.size(), number);
    bool whole = failure == std::errc{} && rest == alias.data() + alias.size();
    return whole ? std::optional{number} : std::nullopt;
}

/// New devices get higher numbers than those that are there.
std::size_t first_number(const auto& devices, std::string_view prefix, Naming naming) {
    std::size_t first = 0;
    if (naming == Naming::All) return first;
    for (const auto& device : devices)
        if (auto number = number_in(device.info.alias, prefix)) first = std::max(first, *number + 1);
    return first;
}

void number_devices(auto& devices, std::string_view prefix, Naming naming) {
    auto number = first_number(devices, prefix, naming);
    for (auto& device : devices) {
        bool has_one = naming == Naming::New && !device.info.alias.empty();
        if (!has_one) name_device(device.info, fmt::format("{}{}", prefix, number++), naming);
    }
}

std::string_view prefix_of(MemoryModel model) {
    switch (model) {
    case MemoryModel::Dimm: return "dimm";
    case MemoryModel::Nvdimm: return "nvdimm";
    case MemoryModel::VirtioPmem: return "virtiopmem";
    case MemoryModel::VirtioMem: return "virtiomem";
    case MemoryModel::SgxEpc: return "epc";
    }
    return "";
}

/// Modules are known by their slots, the others by their number among those of their model.
void name_memories(std::vector<Memory>& memories, Naming naming) {
    std::map<MemoryModel, std::size_t> count;
    for (auto model : {MemoryModel::VirtioPmem, MemoryModel::VirtioMem, MemoryModel::SgxEpc})
        count[model] = first_number(memories, prefix_of(model), naming);
    for (auto& memory : memories) {
        if (naming == Naming::New && !memory.info.alias.empty()) continue;
        const auto* place = std::get_if<OtherAddress>(&memory.info.address);
        auto number = count[memory.model]++;
        if (memory.is_module() && place != nullptr && place->slot) number = *place->slot;
        name_device(memory.info, fmt::format("{}{}", prefix_of(memory.model), number), naming);
    }
}

void name_devices(Domain& domain, Naming naming) {
    auto& devices = domain.devices;
    auto board = board_of(domain.os.machine);
    for (auto& controller : devices.controllers)
        name_device(controller.info, alias_of(controller, board), naming);
    for (auto& disk : devices.disks) name_device(disk.info, alias_of(disk, domain), naming);
    number_devices(devices.interfaces, "net", naming);
    number_devices(devices.filesystems, "fs", naming);
    number_devices(devices.tpms, "tpm", naming);
    number_devices(devices.shared_memories, "shmem", naming);
    number_devices(devices.iommus, "iommu", naming);
    number_devices(devices.cryptos, "crypto", naming);
    number_devices(devices.nvrams, "nvram", naming);
    name_memories(devices.memories, naming);
    number_devices(devices.serials, "serial", naming);
    number_devices(devices.parallels, "parallel", naming);
    number_devices(devices.consoles, "console", naming);
    number_devices(devices.smartcards, "smartcard", naming);
    number_devices(devices.redirected_devices, "redir", naming);
    number_devices(devices.hubs, "hub", naming);
    number_devices(devices.hostdevs, "hostdev", naming);
    number_devices(devices.sounds, "sound", naming);
    number_devices(devices.watchdogs, "watchdog", naming);
    number_devices(devices.panics, "panic", naming);
    if (devices.vsock) name_device(devices.vsock->info, "vsock0", naming);
    number_devices(devices.channels, "channel", naming);
    number_devices(devices.inputs, "input", naming);
    number_devices(devices.videos, "video", naming);
    number_devices(devices.rngs, "rng", naming);
    if (devices.memory_balloon) name_device(devices.memory_balloon->info, "balloon0", naming);
    bool mirrored = !devices.consoles.empty() && !devices.serials.empty() &&
                    devices.consoles.front().target == ConsoleTarget::Serial;
    if (mirrored) devices.consoles.front().info.alias = devices.serials.front().info.alias;
}
} // namespace

void assign_aliases(Domain& domain) { name_devices(domain, Naming::All); }
void name_new_devices(Domain& domain) { name_devices(domain, Naming::New); }

} // namespace vireo::qemu
