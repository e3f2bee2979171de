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

/// Controllers of a type in the order of their numbers, at the places where the type is.
void sort_controllers(std::vector<Controller>& controllers) {
    std::vector<Controller> sorted;
    for (auto& controller : controllers) {
        auto place = std::ranges::find_if(sorted, [&](const Controller& other) {
            return other.type == controller.type && *other.index > *controller.index;
        });
        sorted.insert(place, std::move(controller));
    }
    controllers = std::move(sorted);
}

/// The root of the board's PCI buses; pseries has several, each of them a host bridge of its own.
void add_pci_root(Domain& domain) {
    std::string_view wanted = has_express(board_of(domain.os.machine)) ? "pcie-root" : "pci-root";
    if (find_controller(domain, ControllerType::Pci, 0) == nullptr)
        ensure_controller(domain, ControllerType::Pci, 0).model = wanted;
    for (auto& controller : domain.devices.controllers) {
        if (controller.type != ControllerType::Pci) continue;
        if (controller.index == 0U && controller.model != wanted)
            throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                        fmt::format("PCI controller 0 of machine type {} is model '{}', not '{}'",
                                    domain.os.machine, wanted, controller.model));
        bool is_root = controller.model == "pci-root" || controller.model == "pcie-root";
        if (is_root && !std::holds_alternative<std::monostate>(controller.info.address))
            throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
                        fmt::format("the {} controller has no address", wanted));
    }
}

std::string default_usb_model(const Domain& domain, const Capabilities& capabilities, bool implicit) {
    auto board = board_of(domain.os.machine);
    bool modern = board == Board::Pseries || is_arm(domain.os.arch) || (board == Board::Q35 && implicit);
    if (modern && capabilities.has_device("qemu-xhci")) return "qemu-xhci";
    if (modern && capabilities.has_device("nec-usb-xhci")) return "nec-xhci";
    if (board == Board::S390) return "none";
    if (!is_x86(domain.os.arch)) return capabilities.has_device("pci-ohci") ? "pci-ohci" : "";
    return "piix3-uhci";
}

bool is_usb(const Controller& controller) { return controller.type == ControllerType::Usb; }

void check_switched_off_usb(const std::vector<Controller>& controllers) {
    for (const auto& controller : controllers)
        if (is_usb(controller) && controller.model == "none" &&
            std::ranges::count_if(controllers, is_usb) > 1)
            throw Error(ErrorCode::XmlDetail, ErrorDomain::Domain,
                        "USB is switched off by a controller of model 'none': there can be no other");
}

void complete_usb(Domain& domain, const Capabilities& capabilities) {
    auto& controllers = domain.devices.controllers;
    auto board = board_of(domain.os.machine);
    bool implicit = board == Board::I440fx || board == Board::Q35 || board == Board::Pseries;
    if (implicit && std::ranges::none_of(controllers, is_usb))
        ensure_controller(domain, ControllerType::Usb, 0).model =
            default_usb_model(domain, capabilities, true);
    for (auto& controller : controllers) {
        if (!is_usb(controller)) continue;
        if (controller.model.empty()) controller.model = default_usb_model(domain, capabilities, false);
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

void check_companions(const std::vector<Controller>& controllers) {
    for (const auto& controller : controllers) {
        bool leads = std::ranges::any_of(controllers, [&](const Controller& other) {
            return is_usb(other) && other.index == controller.index && !other.master_start_port;
        });
        if (is_usb(controller) && controller.master_start_port && !leads)
            throw Error(ErrorCode::XmlDetail, ErrorDomain::Domain,
                        fmt::format("USB controller {} has companions, but no controller that leads them",
                                    *controller.index));
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
    // behind those that the user gave, whatever their numbers: they get their places in this order
    auto& added = domain.devices.controllers.emplace_back();
    added.type = type;
    added.index = index;
    return added;
}

namespace {
/// A chip of some boards, which nothing else has.
void check_built_in(const Domain& domain) {
    std::string_view machine = domain.os.machine;
    auto is = [&](auto... names) { return ((machine == names) || ...); };
    bool has_chip = machine.starts_with("SS-") ||
                    is("LX", "SPARCClassic", "SPARCbook", "Voyager", "magnum", "pica61", "q800");
    for (const auto& controller : domain.devices.controllers) {
        bool is_there = controller.model != "buslogic" && (controller.model != "ncr53c90" || has_chip);
        if (controller.type == ControllerType::Scsi && !is_there)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("machine type {} has no SCSI controller of model '{}'", machine,
                                    controller.model));
    }
}
} // namespace

void check_controllers(const Domain& domain) {
    const auto& controllers = domain.devices.controllers;
    check_companions(controllers);
    check_built_in(domain);
    check_scsi_places(domain);
    bool has_ide =
        std::ranges::find(controllers, ControllerType::Ide, &Controller::type) != controllers.end();
    if (has_ide && board_of(domain.os.machine) == Board::Q35)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("machine type {} has no IDE; use bus 'sata' or 'virtio'", domain.os.machine));
}

void order_controllers(Domain& domain) { sort_controllers(domain.devices.controllers); }

void complete_controllers(Domain& domain, const Capabilities& capabilities) {
    check_switched_off_usb(domain.devices.controllers);
    number_controllers(domain.devices.controllers);
    sort_controllers(domain.devices.controllers);
    complete_usb(domain, capabilities);
    auto board = board_of(domain.os.machine);
    if (board == Board::Q35) ensure_controller(domain, ControllerType::Sata, 0);
    if (board != Board::Other) add_pci_root(domain);
}

} // namespace vireo::qemu
