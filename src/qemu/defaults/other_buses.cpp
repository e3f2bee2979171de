// SPDX-License-Identifier: Apache-2.0
// Places on the buses of machines that are not PCs.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"
#include "xml/value.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
bool is_open(const DeviceInfo& info) {
    const auto* other = std::get_if<OtherAddress>(&info.address);
    return std::holds_alternative<std::monostate>(info.address) ||
           (other != nullptr && !other->reg && !other->devno);
}

/// Calls `visit` with each device that is virtio of the board's own bus, in the order of their numbers.
void for_each_virtio(Devices& devices, auto visit) {
    for (auto& disk : devices.disks)
        if (disk.bus == DiskBus::Virtio) visit(disk.info);
    for (auto& interface : devices.interfaces)
        if (interface.model.starts_with("virtio")) visit(interface.info);
    for (auto& hostdev : devices.hostdevs) {
        bool on_channel =
            hostdev.type == HostdevType::ScsiHost || hostdev.mediated_model == MediatedModel::VfioCcw;
        if (on_channel) visit(hostdev.info);
    }
    for (auto& filesystem : devices.filesystems) visit(filesystem.info);
    for (auto& video : devices.videos)
        if (video.type == VideoType::Virtio) visit(video.info);
    for (auto& controller : devices.controllers) {
        bool is_virtio = controller.type == ControllerType::VirtioSerial || controller.model == "virtio-scsi";
        if (is_virtio) visit(controller.info);
    }
    for (auto& input : devices.inputs)
        if (input.bus == InputBus::Virtio) visit(input.info);
    if (devices.memory_balloon && devices.memory_balloon->model != BalloonModel::None)
        visit(devices.memory_balloon->info);
    for (auto& rng : devices.rngs) visit(rng.info);
    if (devices.vsock) visit(devices.vsock->info);
    for (auto& crypto : devices.cryptos) visit(crypto.info);
}

struct VioDevice {
    DeviceInfo* info;
    std::uint64_t first; ///< register that the search begins at
};

std::vector<VioDevice> list_vio(Devices& devices) {
    constexpr std::uint64_t interface_register = 0x1000, scsi_register = 0x2000,
                            terminal_register = 0x30000000, nvram_register = 0x3000;
    std::vector<VioDevice> list;
    for (auto& interface : devices.interfaces)
        if (interface.model == "spapr-vlan") list.push_back({&interface.info, interface_register});
    for (auto& controller : devices.controllers)
        if (controller.model == "ibmvscsi") list.push_back({&controller.info, scsi_register});
    for (auto& serial : devices.serials)
        if (serial.target == SerialTarget::SpaprVio) list.push_back({&serial.info, terminal_register});
    for (auto& nvram : devices.nvrams) list.push_back({&nvram.info, nvram_register});
    return list;
}
} // namespace

void assign_vio_addresses(Domain& domain) {
    std::set<std::uint64_t> taken;
    auto list = list_vio(domain.devices);
    for (const auto& device : list) {
        const auto* given = std::get_if<OtherAddress>(&device.info->address);
        auto where = given == nullptr ? std::nullopt : given->reg;
        if (!where) continue;
        if (*where > UINT32_MAX)
            throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Qemu,
                        fmt::format("spapr-vio register {:#x} is above 0xffffffff", *where));
        if (!taken.insert(*where).second)
            throw Error(ErrorCode::XmlError, ErrorDomain::Qemu,
                        fmt::format("spapr-vio register {:#x} is used twice", *where));
    }
    constexpr std::uint64_t step = 0x1000;
    for (const auto& device : list) {
        const auto* given = std::get_if<OtherAddress>(&device.info->address);
        if (given != nullptr && given->reg) continue;
        auto where = device.first;
        while (!taken.insert(where).second) where += step;
        OtherAddress address{.type = OtherAddress::Type::SpaprVio};
        address.reg = where;
        device.info->address = address;
    }
}

void assign_ccw_addresses(Domain& domain) {
    std::set<std::uint64_t> taken;
    for_each_virtio(domain.devices, [&](DeviceInfo& info) {
        const auto* given = std::get_if<OtherAddress>(&info.address);
        if (given == nullptr || given->type != OtherAddress::Type::Ccw || !given->devno) return;
        std::uint64_t set = given->ssid.value_or(0), device = *given->devno;
        if (!taken.insert(set << 16 | device).second)
            throw Error(ErrorCode::InternalError, ErrorDomain::Qemu,
                        fmt::format("ccw device {:04x} of set {} is used twice", device, set));
    });
    std::uint64_t next = 0;
    for_each_virtio(domain.devices, [&](DeviceInfo& info) {
        const auto* given = std::get_if<OtherAddress>(&info.address);
        bool elsewhere = given != nullptr && given->type != OtherAddress::Type::Ccw;
        if (!is_open(info) || elsewhere) return;
        while (!taken.insert(next).second) ++next;
        constexpr std::uint32_t virtual_channels = 0xfe;
        OtherAddress address{.type = OtherAddress::Type::Ccw};
        address.cssid = virtual_channels;
        address.ssid = static_cast<std::uint32_t>(next >> 16);
        address.devno = static_cast<std::uint32_t>(next & 0xffff);
        info.address = address;
    });
}

void assign_memory_slots(Domain& domain) {
    std::set<std::uint32_t> taken;
    for (auto& memory : domain.devices.memories)
        if (const auto* given = std::get_if<OtherAddress>(&memory.info.address);
            given != nullptr && given->slot)
            taken.insert(*given->slot);
    std::uint32_t next = 0;
    for (auto& memory : domain.devices.memories) {
        if (!memory.is_module() || !std::holds_alternative<std::monostate>(memory.info.address)) continue;
        while (!taken.insert(next).second) ++next;
        OtherAddress address{.type = OtherAddress::Type::Dimm};
        address.slot = next;
        memory.info.address = address;
    }
}

bool has_mmio_devices(Domain& domain) {
    bool found = false;
    for_each_virtio(domain.devices, [&](const DeviceInfo& info) {
        const auto* other = std::get_if<OtherAddress>(&info.address);
        found |= other != nullptr && other->type == OtherAddress::Type::VirtioMmio;
    });
    return found;
}

void assign_mmio_addresses(Domain& domain) {
    for_each_virtio(domain.devices, [](DeviceInfo& info) {
        if (std::holds_alternative<std::monostate>(info.address))
            info.address = OtherAddress{.type = OtherAddress::Type::VirtioMmio};
    });
}

} // namespace vireo::qemu
