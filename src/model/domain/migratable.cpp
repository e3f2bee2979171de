// SPDX-License-Identifier: Apache-2.0
#include "model/domain/migratable.hpp"

#include "model/domain/normalise.hpp"

#include <algorithm>

namespace vireo::model::domain {

namespace {
/// Controllers of a type stand together, in the order of their numbers, where the first of them was.
void group_controllers(std::vector<Controller>& controllers) {
    std::vector<Controller> grouped;
    for (auto& controller : controllers) {
        auto is_of_type = [&](const Controller& other) { return other.type == controller.type; };
        auto place = std::ranges::find_if(grouped, is_of_type);
        while (place != grouped.end() && is_of_type(*place) && place->index <= controller.index) ++place;
        grouped.insert(place, std::move(controller));
    }
    controllers = std::move(grouped);
}

/// The only controller of a type, with the number 0 and without a name of the user's; end() otherwise.
std::vector<Controller>::iterator find_plain(std::vector<Controller>& controllers, ControllerType type) {
    auto only = std::ranges::find(controllers, type, &Controller::type);
    bool is_plain = only != controllers.end() && only->index == 0U && !only->info.has_user_alias() &&
                    std::ranges::count(controllers, type, &Controller::type) == 1;
    return is_plain ? only : controllers.end();
}

/// The board of a PC with plain PCI has this controller on it.
void drop_board_usb(const Domain& domain, std::vector<Controller>& controllers) {
    bool is_pc = domain.os.arch == "x86_64" || domain.os.arch == "i686";
    bool has_plain_pci = std::ranges::any_of(
        controllers, [](const Controller& controller) { return controller.model == "pci-root"; });
    auto usb = find_plain(controllers, ControllerType::Usb);
    if (is_pc && has_plain_pci && usb != controllers.end() && usb->model == "piix3-uhci")
        controllers.erase(usb);
}

/// The root of plain PCI goes without saying when no other bus hangs on it.
void drop_pci_root(std::vector<Controller>& controllers) {
    auto root = find_plain(controllers, ControllerType::Pci);
    if (root != controllers.end() && root->model == "pci-root" && !root->pci_hole64) controllers.erase(root);
}

void reduce_controllers(Domain& domain) {
    auto& controllers = domain.devices.controllers;
    group_controllers(controllers);
    drop_board_usb(domain, controllers);
    drop_pci_root(controllers);
    for (auto& controller : controllers)
        if (controller.pci_model_name == "spapr-pci-host-bridge") controller.pci_model_name.clear();
}

void drop_keyboards(const std::string& arch, std::vector<Input>& inputs) {
    if (arch != "x86_64" && arch != "i686") return;
    std::erase_if(inputs, [](const Input& input) {
        return input.type == InputType::Keyboard && input.bus == InputBus::Ps2;
    });
}

void drop_audio(Devices& devices) {
    if (devices.audios.size() == 1 && devices.audios.front() == implied_audio(devices))
        devices.audios.clear();
}

void drop_panics(std::vector<Panic>& panics) {
    std::erase_if(panics, [](const Panic& panic) {
        return panic.model == PanicModel::Pseries || panic.model == PanicModel::S390;
    });
}

/// Ports that boards have got no names of their own before.
void reduce_serials(std::vector<Serial>& serials) {
    for (auto& serial : serials) {
        if (serial.target != SerialTarget::SpaprVio && serial.target != SerialTarget::System) continue;
        serial.target.reset();
        serial.model.clear();
    }
}

/// A SPICE display that listens nowhere was one without ports.
void reduce_graphics(std::vector<Graphics>& displays) {
    for (auto& graphics : displays) {
        bool is_closed = graphics.type == GraphicsType::Spice && !graphics.listens.empty() &&
                         graphics.listens.front().type == ListenType::None;
        if (!is_closed) continue;
        graphics.listens.clear();
        graphics.autoport = false;
        graphics.port.reset();
        graphics.spice.tls_port.reset();
    }
}
} // namespace

void make_migratable(Domain& domain) {
    reduce_controllers(domain);
    drop_keyboards(domain.os.arch, domain.devices.inputs);
    drop_audio(domain.devices);
    drop_panics(domain.devices.panics);
    reduce_serials(domain.devices.serials);
    reduce_graphics(domain.devices.graphics);
}

} // namespace vireo::model::domain
