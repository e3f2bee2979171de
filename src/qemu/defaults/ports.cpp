// SPDX-License-Identifier: Apache-2.0
// Places of devices below virtio-serial and USB controllers.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

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
    return 2;
}

void take_usb(Domain& domain, Ports& ports, const DeviceInfo& info) {
    const auto* given = std::get_if<UsbAddress>(&info.address);
    if (given == nullptr) return;
    const auto* controller = find_controller(domain, ControllerType::Usb, given->bus);
    if (controller == nullptr)
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                    fmt::format("there is no USB controller {}", given->bus));
    std::uint32_t port = 0;
    auto [rest, failure] = std::from_chars(given->port.data(), given->port.data() + given->port.size(), port);
    if (failure != std::errc{} || rest != given->port.data() + given->port.size()) return; // behind a hub
    if (port == 0 || port > usb_ports(*controller))
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                    fmt::format("USB controller {} has no port {}", given->bus, port));
    if (!ports.take(given->bus, port))
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                    fmt::format("port {} of USB controller {} is used twice", port, given->bus));
}

void assign_usb(Domain& domain, Ports& ports, DeviceInfo& info, std::string_view what) {
    const auto* given = std::get_if<UsbAddress>(&info.address);
    if (given != nullptr && !given->port.empty()) return;
    for (const auto& controller : domain.devices.controllers) {
        if (controller.type != ControllerType::Usb || (given != nullptr && controller.index != given->bus))
            continue;
        if (controller.model == "none")
            throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
                        fmt::format("{} needs USB, which a controller of model 'none' switches off", what));
        auto port = ports.find_free(*controller.index, usb_ports(controller));
        if (port == 0) continue;
        ports.take(*controller.index, port);
        info.address = UsbAddress{*controller.index, std::to_string(port)};
        return;
    }
    throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                fmt::format("no free USB port for {}: give a USB controller more ports, or add one", what));
}

/// Calls `visit(info, what)` for each device on USB.
void for_each_usb(Devices& devices, auto visit) {
    for (auto& disk : devices.disks)
        if (disk.bus == DiskBus::Usb) visit(disk.info, fmt::format("disk {}", disk.target));
    for (auto& input : devices.inputs)
        if (input.bus == InputBus::Usb) visit(input.info, fmt::format("the {}", name_of(input.type)));
    for (auto& serial : devices.serials)
        if (serial.target == SerialTarget::Usb) visit(serial.info, std::string{"the serial port"});
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

void assign_usb_ports(Domain& domain) {
    Ports ports;
    for_each_usb(domain.devices,
                 [&](DeviceInfo& info, const std::string&) { take_usb(domain, ports, info); });
    for_each_usb(domain.devices,
                 [&](DeviceInfo& info, const std::string& what) { assign_usb(domain, ports, info, what); });
}

} // namespace vireo::qemu
