// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "model/domain/device_info.hpp"

namespace vireo::model::domain {

enum class ControllerType { Ide, Fdc, Scsi, Sata, VirtioSerial, Ccid, Usb, Pci, Xenbus, Isa };
constexpr auto names_of(ControllerType) {
    using enum ControllerType;
    return std::to_array<std::pair<ControllerType, std::string_view>>({{Ide, "ide"},
                                                                       {Fdc, "fdc"},
                                                                       {Scsi, "scsi"},
                                                                       {Sata, "sata"},
                                                                       {VirtioSerial, "virtio-serial"},
                                                                       {Ccid, "ccid"},
                                                                       {Usb, "usb"},
                                                                       {Pci, "pci"},
                                                                       {Xenbus, "xenbus"},
                                                                       {Isa, "isa"}});
}

/// <target> of a PCI controller: how the guest sees the bus that it makes.
struct PciControllerTarget {
    std::optional<std::uint32_t> chassis_nr, chassis, port, bus_nr, index, node;
    std::optional<Switch> hotplug;
    friend bool operator==(const PciControllerTarget&, const PciControllerTarget&) = default;
};

/// <controller>. `model` is one of the names that `controller_models` lists for the type; empty until
/// completed.
struct Controller {
    ControllerType type = ControllerType::Pci;
    std::optional<std::uint32_t> index; ///< absent until assigned
    std::string model;
    std::string pci_model_name; ///< <model name=…> of a PCI controller: the device that QEMU has for it
    PciControllerTarget pci_target;
    std::optional<std::uint32_t> ports, vectors;
    std::optional<std::uint32_t> master_start_port; ///< a USB companion's first port at its master
    std::optional<std::uint32_t> queues, cmd_per_lun, max_sectors, iothread;
    std::optional<Switch> ioeventfd;
    VirtioOptions virtio;
    std::optional<MemorySize> pci_hole64;
    DeviceInfo info;
    xml::Kept kept;
    friend bool operator==(const Controller&, const Controller&) = default;
};

} // namespace vireo::model::domain
