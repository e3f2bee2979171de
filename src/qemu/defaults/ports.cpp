// SPDX-License-Identifier: Apache-2.0
// Places of devices below virtio-serial and USB controllers.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// The ports of all controllers of one kind that are in use.
class Ports {
public:
    bool take(std::uint32_t controller, std::uint32_t port) { return taken_[controller].insert(port).second; }
    /// The lowest free one from 1 to `last`; 0 when all are in use.
    std::uint32_t find_free(std::uint32_t controller, std::uint32_t last) {
        for (std::uint32_t port = 1; port <= last; ++port)
            if (!taken_[controller].contains(port)) return port;
        return 0;
    }

private:
    std::map<std::uint32_t, std::set<std::uint32_t>> taken_;
};

constexpr std::uint32_t virtio_serial_ports =
    31; // of a controller that says nothing else; 0 is for a console

bool wants_virtio_serial(const Channel& channel) { return channel.target == ChannelTarget::Virtio; }

void take_given(Ports& ports, const DeviceInfo& info) {
    const auto* given = std::get_if<VirtioSerialAddress>(&info.address);
    if (given == nullptr || !given->port) return;
    if (!ports.take(given->controller, *given->port))
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                    fmt::format("port {} of virtio-serial controller {} is used twice", *given->port,
                                given->controller));
}

std::uint32_t last_port(Domain& domain, std::uint32_t index) {
    auto& controller = ensure_controller(domain, ControllerType::VirtioSerial, index);
    return controller.ports ? *controller.ports - std::min(*controller.ports, 1U) : virtio_serial_ports - 1;
}

void assign_port(Domain& domain, Ports& ports, Channel& channel) {
    VirtioSerialAddress address;
    const auto* given = std::get_if<VirtioSerialAddress>(&channel.info.address);
    if (given != nullptr) {
        address = *given;
        last_port(domain, address.controller);
        if (address.port && *address.port != 0) return;
        address.bus = 0;
        address.port = ports.find_free(address.controller, last_port(domain, address.controller));
        if (*address.port == 0)
            throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                        fmt::format("virtio-serial controller {} has no free port", address.controller));
    } else {
        address.port = ports.find_free(0, last_port(domain, 0));
        while (*address.port == 0) { // the last controller that is tried is a new one
            ++address.controller;
            address.port = ports.find_free(address.controller, last_port(domain, address.controller));
        }
    }
    ports.take(address.controller, *address.port);
    channel.info.address = address;
}

std::uint32_t usb_ports(const Controller& controller) {
    if (controller.ports) return *controller.ports;
    if (controller.model == "ich9-ehci1") return 6;
    if (controller.model == "ehci") return 6;
    if (controller.model.ends_with("-xhci")) return 4;
    if (controller.model == "pci-ohci") return 3;
    return 2;
}

Error xml_error(std::string message) {
    return {ErrorCode::XmlError, ErrorDomain::Domain, std::move(message)};
}

constexpr std::uint32_t hub_ports = 8;

/// The ports of USB controllers and of the hubs behind them. A path is the numbers of ports with dots
/// between.
class UsbPorts {
public:
    void add_controller(std::uint32_t bus, std::uint32_t ports) {
        nodes_.try_emplace({bus, ""}, Node{ports, {}});
    }
    bool has_bus(std::uint32_t bus) const { return nodes_.contains({bus, ""}); }

    /// Takes a place that the user gave. Throws XmlError when it does not exist, or is taken.
    void take(std::uint32_t bus, const std::string& path, bool is_hub) {
        auto dot = path.rfind('.');
        auto parent = dot == path.npos ? std::string{} : path.substr(0, dot);
        std::uint32_t port = 0;
        auto text = path.substr(dot == path.npos ? 0 : dot + 1);
        std::from_chars(text.data(), text.data() + text.size(), port);
        auto node = nodes_.find({bus, parent});
        if (node == nodes_.end())
            throw xml_error(fmt::format("USB bus {} has no hub at port {}", bus, parent));
        if (port == 0 || port > node->second.ports)
            throw xml_error(fmt::format("USB bus {} has no port {}", bus, path));
        if (!node->second.taken.insert(port).second)
            throw xml_error(fmt::format("port {} of USB bus {} is used twice", path, bus));
        if (is_hub) nodes_.emplace(Place{bus, path}, Node{hub_ports, {}});
    }
    /// The first free port of a bus: of the controller, else of a hub, outer ones first.
    std::optional<std::string> find_free(std::uint32_t bus, const std::string& path = "") const {
        auto node = nodes_.find({bus, path});
        if (node == nodes_.end()) return std::nullopt;
        auto below = [&](std::uint32_t port) {
            return path.empty() ? std::to_string(port) : fmt::format("{}.{}", path, port);
        };
        for (std::uint32_t port = 1; port <= node->second.ports; ++port)
            if (!node->second.taken.contains(port)) return below(port);
        for (auto port : node->second.taken)
            if (auto found = find_free(bus, below(port))) return found;
        return std::nullopt;
    }
    std::size_t count_free() const {
        std::size_t free = 0;
        for (const auto& [place, node] : nodes_) free += node.ports - node.taken.size();
        return free;
    }

private:
    struct Node {
        std::uint32_t ports;
        std::set<std::uint32_t> taken;
    };
    using Place = std::pair<std::uint32_t, std::string>;
    std::map<Place, Node> nodes_;
};

struct UsbDevice {
    DeviceInfo* info;
    std::string what; ///< for messages
    bool is_hub = false;
};
bool is_open(const DeviceInfo& info) {
    const auto* given = std::get_if<UsbAddress>(&info.address);
    return std::holds_alternative<std::monostate>(info.address) || (given != nullptr && given->port.empty());
}

/// All devices on USB, in the order in which they get their ports.
std::vector<UsbDevice> list_usb(Devices& devices) {
    std::vector<UsbDevice> list;
    auto add = [&](DeviceInfo& info, std::string what) { list.push_back({&info, std::move(what)}); };
    for (auto& hub : devices.hubs) list.push_back({&hub.info, "the USB hub", true});
    for (auto& hostdev : devices.hostdevs)
        if (hostdev.type == HostdevType::Usb && !std::holds_alternative<std::monostate>(hostdev.info.address))
            add(hostdev.info, "the host's USB device");
    for (auto& disk : devices.disks)
        if (disk.bus == DiskBus::Usb) add(disk.info, fmt::format("disk {}", disk.target));
    for (auto& controller : devices.controllers)
        if (controller.type == ControllerType::Ccid) add(controller.info, "the smartcard reader");
    for (auto& input : devices.inputs)
        if (input.bus == InputBus::Usb) add(input.info, fmt::format("the {}", name_of(input.type)));
    for (auto& hostdev : devices.hostdevs)
        if (hostdev.type == HostdevType::Usb && std::holds_alternative<std::monostate>(hostdev.info.address))
            add(hostdev.info, "the host's USB device");
    for (auto& interface : devices.interfaces)
        if (interface.type == InterfaceType::Hostdev &&
            std::holds_alternative<UsbHostSource>(interface.source.hostdev))
            add(interface.info, fmt::format("interface {}", interface.mac.text()));
    for (auto& serial : devices.serials)
        if (serial.target == SerialTarget::Usb) add(serial.info, "the serial port");
    for (auto& sound : devices.sounds)
        if (sound.model == SoundModel::Usb) add(sound.info, "the sound card");
    for (auto& redirected : devices.redirected_devices) add(redirected.info, "the redirected device");
    return list;
}

/// Without a controller's model all is decided; with model 'none' there may be no devices.
bool is_switched_off(const Devices& devices) {
    return std::ranges::any_of(devices.controllers, [](const Controller& controller) {
        return controller.type == ControllerType::Usb && controller.model == "none";
    });
}

void assign_usb(const Devices& devices, UsbPorts& ports, const UsbDevice& device) {
    const auto* given = std::get_if<UsbAddress>(&device.info->address);
    if (given != nullptr && !ports.has_bus(given->bus))
        throw xml_error(fmt::format("there is no USB controller {} for {}", given->bus, device.what));
    for (const auto& controller : devices.controllers) {
        if (controller.type != ControllerType::Usb || (given != nullptr && controller.index != given->bus))
            continue;
        auto port = ports.find_free(*controller.index);
        if (!port) continue;
        ports.take(*controller.index, *port, device.is_hub);
        device.info->address = UsbAddress{*controller.index, *port};
        return;
    }
    throw xml_error(
        fmt::format("no free USB port for {}: give a USB controller more ports, or add one", device.what));
}

/// Hubs where the controllers have too few ports; each gives eight and takes one.
void add_hubs(Devices& devices, const UsbPorts& ports, std::size_t wanted) {
    if (wanted <= ports.count_free()) return;
    auto missing = wanted - ports.count_free() + 1;
    auto hubs = (missing + hub_ports - 2) / (hub_ports - 1);
    for (std::size_t number = 0; number < hubs; ++number) {
        auto& hub = devices.hubs.emplace_back();
        hub.type = "usb";
    }
}
} // namespace

void assign_virtio_serial_ports(Domain& domain) {
    Ports ports;
    auto& devices = domain.devices;
    for (const auto& console : devices.consoles) {
        if (console.target != ConsoleTarget::Virtio) continue;
        take_given(ports, console.info);
        const auto* given = std::get_if<VirtioSerialAddress>(&console.info.address);
        ensure_controller(domain, ControllerType::VirtioSerial, given == nullptr ? 0 : given->controller);
    }
    for (const auto& channel : devices.channels)
        if (wants_virtio_serial(channel)) take_given(ports, channel.info);
    for (auto& channel : devices.channels)
        if (wants_virtio_serial(channel)) assign_port(domain, ports, channel);
}

void add_smartcard_readers(Domain& domain) {
    std::map<std::uint32_t, std::uint32_t> slots;
    for (const auto& card : domain.devices.smartcards)
        if (const auto* given = std::get_if<CcidAddress>(&card.info.address))
            slots[given->controller] = std::max(slots[given->controller], given->slot + 1);
    for (auto& card : domain.devices.smartcards) {
        if (std::holds_alternative<std::monostate>(card.info.address))
            card.info.address = CcidAddress{0, slots[0]++};
        if (const auto* address = std::get_if<CcidAddress>(&card.info.address))
            ensure_controller(domain, ControllerType::Ccid, address->controller);
    }
}

void assign_usb_ports(Domain& domain) {
    auto& devices = domain.devices;
    UsbPorts ports;
    for (const auto& controller : devices.controllers)
        if (controller.type == ControllerType::Usb && controller.model != "none" &&
            !controller.master_start_port)
            ports.add_controller(*controller.index, usb_ports(controller));
    auto list = list_usb(devices);
    if (!list.empty() && is_switched_off(devices))
        throw Error(
            ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
            fmt::format("{} needs USB, which a controller of model 'none' switches off", list.front().what));
    for (bool hubs : {true, false}) // a device may be behind a hub
        for (const auto& device : list)
            if (device.is_hub == hubs && !is_open(*device.info))
                if (const auto* given = std::get_if<UsbAddress>(&device.info->address)) {
                    if (!ports.has_bus(given->bus))
                        throw xml_error(fmt::format("there is no USB controller {}", given->bus));
                    ports.take(given->bus, given->port, hubs);
                }
    auto is_missing = [](const UsbDevice& device) { return is_open(*device.info); };
    for (const auto& device : list)
        if (device.is_hub && is_missing(device)) assign_usb(devices, ports, device);
    add_hubs(devices, ports, static_cast<std::size_t>(std::ranges::count_if(list, is_missing)));
    for (const auto& device : list_usb(devices))
        if (is_missing(device)) assign_usb(devices, ports, device);
}

} // namespace vireo::qemu
