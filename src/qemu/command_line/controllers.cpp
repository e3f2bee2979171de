// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// Controllers by kind, and those that others plug into first.
int rank(ControllerType type) {
    switch (type) {
    case ControllerType::Pci: return 0;
    case ControllerType::Usb: return 1;
    case ControllerType::Scsi: return 2;
    case ControllerType::Ide: return 3;
    case ControllerType::Sata: return 4;
    default: return 5;
    }
}

std::string_view usb_device(std::string_view model) {
    if (model == "piix3-uhci") return "piix3-usb-uhci";
    if (model == "piix4-uhci") return "piix4-usb-uhci";
    if (model == "ehci") return "usb-ehci";
    if (model == "ich9-ehci1") return "ich9-usb-ehci1";
    if (model == "ich9-uhci1") return "ich9-usb-uhci1";
    if (model == "ich9-uhci2") return "ich9-usb-uhci2";
    if (model == "ich9-uhci3") return "ich9-usb-uhci3";
    if (model == "vt82c686b-uhci") return "vt82c686b-usb-uhci";
    if (model == "pci-ohci") return "pci-ohci";
    if (model == "nec-xhci") return "nec-usb-xhci";
    if (model == "qemu-xhci") return "qemu-xhci";
    return {};
}

std::string scsi_device(const Controller& controller) {
    std::string_view model = controller.model;
    if (model == "lsilogic") return "lsi";
    if (model.starts_with("virtio")) return virtio_device("virtio-scsi", model, controller.info);
    if (model == "lsisas1078") return "megasas";
    if (model == "vmpvscsi") return "pvscsi";
    if (model == "ibmvscsi") return "spapr-vscsi";
    if (model == "am53c974") return "am53c974";
    if (model == "dc390") return "dc-390";
    return {};
}

void put_tuning(json::object& device, const Controller& controller) {
    if (controller.type != ControllerType::Scsi) return;
    if (controller.iothread) device["iothread"] = fmt::format("iothread{}", *controller.iothread);
    if (controller.queues) device["num_queues"] = *controller.queues;
    if (controller.cmd_per_lun) device["cmd_per_lun"] = *controller.cmd_per_lun;
    if (controller.max_sectors) device["max_sectors"] = *controller.max_sectors;
    if (controller.ioeventfd) device["ioeventfd"] = *controller.ioeventfd == Switch::On;
}

[[noreturn]] void refuse_model(const Controller& controller) {
    throw error(ErrorCode::ConfigUnsupported,
                fmt::format("{} controller {}: model '{}' cannot be started by this version",
                            name_of(controller.type), *controller.index, controller.model));
}
} // namespace

json::object CommandLineBuilder::pci_bridge(const Controller& controller) const {
    const auto& target = controller.pci_target;
    json::object device{{"driver", controller.pci_model_name}};
    if (controller.model == "pci-root") {
        device["index"] = target.index.value_or(*controller.index);
        if (target.node) device["numa_node"] = *target.node;
    } else if (controller.model == "pci-bridge") {
        device["chassis_nr"] = target.chassis_nr.value_or(*controller.index);
    } else if (controller.model == "pcie-root-port" || controller.model == "pcie-switch-downstream-port") {
        device["port"] = target.port.value_or(0);
        device["chassis"] = target.chassis.value_or(*controller.index);
        if (target.hotplug) device["hotplug"] = *target.hotplug == Switch::On;
    } else if (controller.model == "pci-expander-bus" || controller.model == "pcie-expander-bus") {
        device["bus_nr"] = target.bus_nr.value_or(0);
        if (target.node) device["numa_node"] = *target.node;
    } else if (controller.model != "dmi-to-pci-bridge" && controller.model != "pcie-to-pci-bridge" &&
               controller.model != "pcie-switch-upstream-port") {
        refuse_model(controller);
    }
    device["id"] = controller.info.alias;
    return device;
}

json::object CommandLineBuilder::usb_controller(const Controller& controller) const {
    json::object device{{"driver", usb_device(controller.model)}};
    if (usb_device(controller.model).empty()) refuse_model(controller);
    if (controller.ports && controller.model.ends_with("-xhci")) {
        device["p2"] = *controller.ports;
        device["p3"] = *controller.ports;
    }
    if (controller.master_start_port) { // a companion: its ports belong to the bus of the one that leads
        device["masterbus"] = alias_of(ControllerType::Usb, *controller.index) + ".0";
        device["firstport"] = *controller.master_start_port;
    } else {
        device["id"] = controller.info.alias;
    }
    return device;
}

/// The size of the window for large devices, and whether the root takes devices while the guest runs.
void CommandLineBuilder::add_pci_root(const Controller& root) {
    if (root.pci_target.hotplug && board_ == Board::I440fx)
        option("-global",
               fmt::format("PIIX4_PM.acpi-root-pci-hotplug={}", name_of(*root.pci_target.hotplug)));
    if (!root.pci_hole64) return;
    const char* host = board_ == Board::Q35 ? "q35-pcihost" : "i440FX-pcihost";
    option("-global", fmt::format("{}.pci-hole64-size={}K", host, root.pci_hole64->in_kib()));
}

void CommandLineBuilder::add_controller(const Controller& controller) {
    bool first = controller.index == 0U;
    json::object device;
    switch (controller.type) {
    case ControllerType::Pci:
        if (first) return add_pci_root(controller); // the root is the board's
        device = pci_bridge(controller);
        break;
    case ControllerType::Usb:
        if (controller.model == "none") return;
        device = usb_controller(controller);
        break;
    case ControllerType::Ide:
        if (board_ == Board::I440fx && first) return;
        refuse_model(controller);
    case ControllerType::Sata:
        if (board_ == Board::Q35 && first) return;
        device = {{"driver", "ahci"}, {"id", controller.info.alias}};
        break;
    case ControllerType::Scsi:
        if (controller.model == "ncr53c90") return; // of the board
        if (scsi_device(controller).empty()) refuse_model(controller);
        device = {{"driver", scsi_device(controller)}, {"id", controller.info.alias}};
        break;
    case ControllerType::Ccid: device = {{"driver", "usb-ccid"}, {"id", controller.info.alias}}; break;
    case ControllerType::VirtioSerial:
        device = {{"driver", virtio_device("virtio-serial", controller.model, controller.info)},
                  {"id", controller.info.alias}};
        if (controller.ports) device["max_ports"] = *controller.ports;
        if (controller.vectors) device["vectors"] = *controller.vectors;
        break;
    case ControllerType::Fdc: return; // with the floppies
    default: refuse_model(controller);
    }
    auto driver = json::find_text(device, "driver").value_or("");
    require_device(driver);
    put_tuning(device, controller);
    put_virtio(device, controller.virtio);
    put_address(device, controller.info);
    add_zpci(controller.info);
    option("-device", device);
}

namespace {
/// The controllers of PCI as they stand, but none before the bus that it is on.
std::vector<const Controller*> order_buses(const std::vector<Controller>& controllers) {
    std::vector<const Controller*> order;
    std::set<const Controller*> seen; // buses on each other, which QEMU refuses, end here
    auto add = [&](auto self, const Controller& controller) -> void {
        if (!seen.insert(&controller).second) return;
        const auto* place = std::get_if<PciAddress>(&controller.info.address);
        for (const auto& other : controllers) {
            bool is_below =
                place != nullptr && other.type == ControllerType::Pci && place->bus == other.index;
            if (is_below) self(self, other);
        }
        order.push_back(&controller);
    };
    for (const auto& controller : controllers)
        if (controller.type == ControllerType::Pci) add(add, controller);
    return order;
}
} // namespace

void CommandLineBuilder::add_controllers() {
    auto order = order_buses(devices_.controllers);
    for (const auto& controller : devices_.controllers)
        if (controller.type != ControllerType::Pci) order.push_back(&controller);
    std::ranges::stable_sort(order, {}, [](const Controller* controller) {
        // a USB bus is made by the controller that leads its companions
        bool is_ordered = controller->type == ControllerType::Pci || controller->type == ControllerType::Usb;
        return std::tuple{rank(controller->type), is_ordered ? 0U : *controller->index,
                          controller->master_start_port.has_value()};
    });
    for (const auto* controller : order) add_controller(*controller);
    bool has_usb = std::ranges::find(devices_.controllers, ControllerType::Usb, &Controller::type) !=
                   devices_.controllers.end();
    if (board_ == Board::Other && !has_usb) option("-usb"); // what the board has of it
}

} // namespace vireo::qemu
