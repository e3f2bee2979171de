// SPDX-License-Identifier: Apache-2.0
// Controllers: numbers, models, and those that the board has anyway.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
bool is_companion(const Controller& controller) { return controller.model.starts_with("ich9-"); }

bool is_usb_1_companion(const Controller& controller) { return controller.model.starts_with("ich9-uhci"); }

std::uint32_t free_index(const std::set<std::uint32_t>& taken) {
    std::uint32_t free = 0;
    while (taken.contains(free)) ++free;
    return free;
}

void number_controllers(std::vector<Controller>& controllers) {
    std::map<ControllerType, std::set<std::uint32_t>> taken;
    for (const auto& controller : controllers) {
        if (!controller.index) continue;
        bool fresh = taken[controller.type].insert(*controller.index).second;
        if (!fresh && !(controller.type == ControllerType::Usb && is_companion(controller)))
            throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                        fmt::format("there are several '{}' controllers with index {}",
                                    name_of(controller.type), *controller.index));
    }
    std::optional<std::uint32_t> master; // the last USB 2 controller: its companions share its number
    for (auto& controller : controllers) {
        if (!controller.index && is_usb_1_companion(controller)) controller.index = master;
        if (!controller.index) controller.index = free_index(taken[controller.type]);
        taken[controller.type].insert(*controller.index);
        if (is_companion(controller) && !is_usb_1_companion(controller)) master = controller.index;
    }
}

void add_pci_root(Domain& domain) {
    std::string_view wanted = board_of(domain.os.machine) == Board::Q35 ? "pcie-root" : "pci-root";
    auto& root = ensure_controller(domain, ControllerType::Pci, 0);
    bool added = root.model.empty() && std::holds_alternative<std::monostate>(root.info.address) &&
                 &root == &domain.devices.controllers.back();
    if (added) root.model = wanted;
    if (root.model != wanted)
        throw error(ErrorCode::XmlError,
                    fmt::format("PCI controller 0 of machine type {} is model '{}', not '{}'",
                                domain.os.machine, wanted, root.model));
    if (!std::holds_alternative<std::monostate>(root.info.address))
        throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
                    fmt::format("the {} controller has no address", wanted));
}

void complete_usb(Domain& domain, const Capabilities& capabilities) {
    auto& controllers = domain.devices.controllers;
    auto is_usb = [](const Controller& controller) { return controller.type == ControllerType::Usb; };
    if (std::ranges::none_of(controllers, is_usb)) {
        auto& added = ensure_controller(domain, ControllerType::Usb, 0);
        bool modern = board_of(domain.os.machine) == Board::Q35 && capabilities.has_device("qemu-xhci");
        added.model = modern ? "qemu-xhci" : "piix3-uhci";
    }
    for (auto& controller : controllers) {
        if (!is_usb(controller)) continue;
        if (controller.model.empty()) controller.model = "piix3-uhci";
        if (controller.model == "none" && std::ranges::count_if(controllers, is_usb) > 1)
            throw Error(ErrorCode::XmlDetail, ErrorDomain::Domain,
                        "USB is switched off by a controller of model 'none': there can be no other");
        constexpr std::uint32_t most = 15;
        if (controller.model == "qemu-xhci" && controller.ports > most)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("a qemu-xhci controller has at most {} ports", most));
        if (!controller.master_start_port) {
            if (controller.model == "ich9-uhci1") controller.master_start_port = 0;
            if (controller.model == "ich9-uhci2") controller.master_start_port = 2;
            if (controller.model == "ich9-uhci3") controller.master_start_port = 4;
        }
    }
}
} // namespace

Controller* find_controller(Domain& domain, ControllerType type, std::uint32_t index) {
    for (auto& controller : domain.devices.controllers)
        if (controller.type == type && controller.index == index) return &controller;
    return nullptr;
}

Controller& ensure_controller(Domain& domain, ControllerType type, std::uint32_t index) {
    if (auto* found = find_controller(domain, type, index)) return *found;
    auto& added = domain.devices.controllers.emplace_back();
    added.type = type;
    added.index = index;
    return added;
}

void complete_controllers(Domain& domain, const Capabilities& capabilities) {
    number_controllers(domain.devices.controllers);
    complete_usb(domain, capabilities);
    if (board_of(domain.os.machine) == Board::Q35) ensure_controller(domain, ControllerType::Sata, 0);
    add_pci_root(domain);
}

} // namespace vireo::qemu
