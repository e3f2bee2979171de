// SPDX-License-Identifier: Apache-2.0
// What the PCI controllers of a domain are called and numbered by, once they have their places.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr std::string_view root_port = "pcie-root-port";

bool is_root(const Controller& controller) {
    return controller.model == "pci-root" || controller.model == "pcie-root";
}

void complete_bridge(Controller& controller) {
    auto& target = controller.pci_target;
    auto name = [&](const char* device) {
        if (controller.pci_model_name.empty()) controller.pci_model_name = device;
    };
    const auto* address = std::get_if<PciAddress>(&controller.info.address);
    auto port = address == nullptr ? 0U : (std::uint32_t{address->slot} << 3) + address->function;
    if (controller.model == "pci-bridge") {
        name("pci-bridge");
        if (!target.chassis_nr) target.chassis_nr = controller.index;
    } else if (controller.model == root_port) {
        name("pcie-root-port");
        if (!target.chassis) target.chassis = controller.index;
        if (!target.port) target.port = port;
    } else if (controller.model == "pcie-switch-downstream-port") {
        name("xio3130-downstream");
        if (!target.chassis) target.chassis = controller.index;
        if (!target.port && address != nullptr) target.port = address->slot;
    } else if (controller.model == "pcie-switch-upstream-port") {
        name("x3130-upstream");
    } else if (controller.model == "dmi-to-pci-bridge") {
        name("i82801b11-bridge");
    } else if (controller.model == "pcie-to-pci-bridge") {
        name("pcie-pci-bridge");
    } else if (controller.model == "pci-expander-bus") {
        name("pxb");
    } else if (controller.model == "pcie-expander-bus") {
        name("pxb-pcie");
    }
}
/// pseries: each root has a host bridge, numbered by the target's index.
void number_host_bridges(std::vector<Controller>& controllers) {
    std::set<std::uint32_t> taken;
    constexpr std::uint32_t last = 30;
    for (auto& controller : controllers) {
        if (!is_root(controller) || controller.type != ControllerType::Pci) continue;
        auto& target = controller.pci_target;
        if (controller.index == 0U && !target.index) target.index = 0;
        if (!target.index) continue;
        if ((*target.index == 0) != (controller.index == 0U))
            throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
                        "PCI controller 0, and only it, has target index 0");
        if (*target.index > last)
            throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
                        fmt::format("the target index of a PCI controller is at most {}", last));
        taken.insert(*target.index);
    }
    std::uint32_t next = 0;
    for (auto& controller : controllers) {
        if (!is_root(controller) || controller.type != ControllerType::Pci) continue;
        if (controller.pci_model_name.empty()) controller.pci_model_name = "spapr-pci-host-bridge";
        while (!controller.pci_target.index)
            if (taken.insert(++next).second) controller.pci_target.index = next;
    }
}

/// Extra roots get the numbers of their buses from the top, with room for the buses behind each.
void number_expander_buses(std::vector<Controller>& controllers) {
    constexpr std::uint32_t buses = 256;
    std::uint32_t next = buses;
    for (const auto& controller : controllers)
        next = std::min(next, controller.pci_target.bus_nr.value_or(next));
    for (auto& controller : controllers) {
        bool expands = controller.model == "pci-expander-bus" || controller.model == "pcie-expander-bus";
        if (!expands || controller.pci_target.bus_nr) continue;
        auto below =
            static_cast<std::uint32_t>(std::ranges::count_if(controllers, [&](const Controller& other) {
                const auto* address = std::get_if<PciAddress>(&other.info.address);
                return other.type == ControllerType::Pci && address != nullptr &&
                       address->bus == *controller.index;
            }));
        next -= std::min(next, below + 2);
        controller.pci_target.bus_nr = next;
    }
}
} // namespace

void complete_bridges(Domain& domain) {
    auto& controllers = domain.devices.controllers;
    for (auto& controller : controllers)
        if (controller.type == ControllerType::Pci) complete_bridge(controller);
    if (board_of(domain.os.machine) == Board::Pseries) number_host_bridges(controllers);
    number_expander_buses(controllers);
}

} // namespace vireo::qemu
