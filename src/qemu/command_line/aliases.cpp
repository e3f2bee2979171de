// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/aliases.hpp"

#include "qemu/defaults/complete.hpp"
#include "qemu/defaults/steps.hpp"

#include <fmt/format.h>

#include <map>

namespace vireo::qemu {

using namespace model::domain;

namespace {
void name_device(DeviceInfo& info, std::string alias) {
    if (!info.has_user_alias()) info.alias = std::move(alias);
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

void number_devices(auto& devices, std::string_view prefix) {
    std::size_t number = 0;
    for (auto& device : devices) name_device(device.info, fmt::format("{}{}", prefix, number++));
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
void name_memories(std::vector<Memory>& memories) {
    std::map<MemoryModel, std::size_t> count;
    for (auto& memory : memories) {
        const auto* place = std::get_if<OtherAddress>(&memory.info.address);
        auto number = count[memory.model]++;
        if (memory.is_module() && place != nullptr && place->slot) number = *place->slot;
        name_device(memory.info, fmt::format("{}{}", prefix_of(memory.model), number));
    }
}
} // namespace

void assign_aliases(Domain& domain) {
    auto& devices = domain.devices;
    auto board = board_of(domain.os.machine);
    for (auto& controller : devices.controllers) name_device(controller.info, alias_of(controller, board));
    for (auto& disk : devices.disks) name_device(disk.info, alias_of(disk, domain));
    number_devices(devices.interfaces, "net");
    number_devices(devices.filesystems, "fs");
    number_devices(devices.tpms, "tpm");
    number_devices(devices.shared_memories, "shmem");
    number_devices(devices.iommus, "iommu");
    number_devices(devices.cryptos, "crypto");
    number_devices(devices.nvrams, "nvram");
    name_memories(devices.memories);
    number_devices(devices.serials, "serial");
    number_devices(devices.parallels, "parallel");
    number_devices(devices.consoles, "console");
    number_devices(devices.smartcards, "smartcard");
    number_devices(devices.redirected_devices, "redir");
    number_devices(devices.hubs, "hub");
    number_devices(devices.hostdevs, "hostdev");
    number_devices(devices.sounds, "sound");
    number_devices(devices.watchdogs, "watchdog");
    number_devices(devices.panics, "panic");
    if (devices.vsock) name_device(devices.vsock->info, "vsock0");
    number_devices(devices.channels, "channel");
    number_devices(devices.inputs, "input");
    number_devices(devices.videos, "video");
    number_devices(devices.rngs, "rng");
    if (devices.memory_balloon) name_device(devices.memory_balloon->info, "balloon0");
    bool mirrored = !devices.consoles.empty() && !devices.serials.empty() &&
                    devices.consoles.front().target == ConsoleTarget::Serial;
    if (mirrored) devices.consoles.front().info.alias = devices.serials.front().info.alias;
}

} // namespace vireo::qemu
