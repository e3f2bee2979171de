// SPDX-License-Identifier: Apache-2.0
// Which devices can come and go while a guest runs: those on buses that the guest watches. One overload of
// `obstacle_of` for each kind says what stands in the way; a kind without one stays as it is.
#include "qemu/devices/live_rules.hpp"

#include "model/domain/describe/device_lists.hpp"
#include "qemu/error.hpp"
#include "xml/document.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// Why not, in words; empty: nothing stands in the way.
std::string obstacle_of(const auto&) { return "devices of this kind are there from the start to the end"; }

std::string obstacle_of(const Disk& disk) {
    auto bus = disk.bus.value_or(DiskBus::Ide);
    bool pluggable = bus == DiskBus::Virtio || bus == DiskBus::Scsi || bus == DiskBus::Usb;
    if (!pluggable) return fmt::format("a disk on bus '{}' cannot: take virtio, scsi or usb", name_of(bus));
    return disk.device == DiskDevice::Floppy ? "a floppy drive cannot" : "";
}

std::string obstacle_of(const Controller& controller) {
    bool pluggable =
        controller.type == ControllerType::Scsi || controller.type == ControllerType::VirtioSerial;
    return pluggable ? ""
                     : fmt::format("a controller of type '{}' cannot: only 'scsi' and 'virtio-serial' can",
                                   name_of(controller.type));
}

std::string obstacle_of(const Input& input) {
    auto bus = input.bus.value_or(InputBus::Ps2);
    bool pluggable = (bus == InputBus::Usb || bus == InputBus::Virtio) && input.type != InputType::Evdev;
    return pluggable ? ""
                     : fmt::format("an input device on bus '{}' cannot: take usb or virtio", name_of(bus));
}

std::string obstacle_of(const Watchdog& watchdog) {
    return watchdog.model == WatchdogModel::I6300esb
               ? ""
               : fmt::format("a watchdog of model '{}' cannot: only 'i6300esb' can", name_of(watchdog.model));
}

std::string obstacle_of(const Serial& serial) {
    bool pluggable = serial.model == "usb-serial" || serial.model == "pci-serial";
    return pluggable ? "" : "a serial port of the board cannot: take one on usb or pci";
}

std::string obstacle_of(const Channel& channel) {
    return channel.target == ChannelTarget::Virtio
               ? ""
               : fmt::format("a channel of target '{}' cannot: take virtio", name_of(channel.target));
}

std::string obstacle_of(const Console& console) {
    return console.target == ConsoleTarget::Virtio ? "" : "only a console of target 'virtio' can";
}

std::string obstacle_of(const Filesystem& filesystem) {
    if (!filesystem.is_virtiofs()) return "only a folder by virtiofs can";
    return filesystem.socket.empty() ? "its server must run already: name its <source socket='…'/>" : "";
}

std::string obstacle_of(const Interface& interface) {
    if (interface.backend == NetworkBackend::Passt) return "one by passt comes at a start only";
    return interface.type == InterfaceType::Hostdev ? "plug the host's device in as a <hostdev>" : "";
}

std::string obstacle_of(const Hostdev&) { return ""; }
std::string obstacle_of(const Rng&) { return ""; }
std::string obstacle_of(const Memory&) { return ""; }
std::string obstacle_of(const RedirectedDevice&) { return ""; }
std::string obstacle_of(const Shmem&) { return ""; }
std::string obstacle_of(const Vsock&) { return "this version does not open the host's end of it"; }

/// Calls `visit(element, device)` with the device of this alias.
void with_device(const Domain& domain, std::string_view alias, auto visit) {
    bool found = false;
    for_each_device(domain.devices, [&](const char* element, const auto& device) {
        if constexpr (requires { device.info; }) {
            if (found || device.info.alias != alias) return;
            found = true; // a console that shows a serial port comes after it
            visit(element, device);
        }
    });
}

bool is_on(const DeviceInfo& info, const Controller& controller) {
    const auto* drive = std::get_if<DriveAddress>(&info.address);
    const auto* port = std::get_if<VirtioSerialAddress>(&info.address);
    if (controller.type == ControllerType::Scsi)
        return drive != nullptr && drive->controller == controller.index;
    return port != nullptr && port->controller == controller.index;
}

bool is_busy(const Domain& domain, const Controller& controller) {
    bool busy = false;
    for_each_device(domain.devices, [&](const char*, const auto& device) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(device)>, Disk>)
            if (device.bus != DiskBus::Scsi) return;
        if constexpr (requires { device.info; }) busy = busy || is_on(device.info, controller);
    });
    return busy;
}

void require_alone(const DeviceInfo& info) {
    const auto* pci = std::get_if<PciAddress>(&info.address);
    if (pci != nullptr && pci->multifunction == Switch::On)
        throw error(ErrorCode::OperationUnsupported,
                    fmt::format("'{}' shares its PCI slot with other functions: such devices cannot be taken "
                                "out while the guest runs",
                                info.alias));
}
} // namespace

std::set<std::string> aliases_of(const Domain& domain) {
    std::set<std::string> aliases;
    for_each_info(domain.devices, [&](const DeviceInfo& info) {
        if (!info.alias.empty()) aliases.insert(info.alias);
    });
    return aliases;
}

bool can_be_plugged(const Domain& domain, std::string_view alias) {
    bool can = false;
    with_device(domain, alias, [&](const char*, const auto& device) { can = obstacle_of(device).empty(); });
    return can;
}

void require_pluggable(const Domain& domain, std::string_view alias) {
    with_device(domain, alias, [&](const char* element, const auto& device) {
        auto obstacle = obstacle_of(device);
        if (!obstacle.empty())
            throw error(ErrorCode::OperationUnsupported,
                        fmt::format("a <{}> cannot be attached to the running domain '{}': {}", element,
                                    domain.name, obstacle));
    });
}

void require_live_kind(std::string_view xml, std::string_view verb) {
    constexpr std::string_view pluggable[] = {"disk",  "controller", "interface", "filesystem", "hostdev",
                                              "rng",   "memory",     "redirdev",  "shmem",      "vsock",
                                              "input", "watchdog",   "serial",    "channel",    "console"};
    xml::Document document{xml, ErrorDomain::Domain};
    std::string_view element = document.root().name();
    bool is_device = false;
    const Devices every_kind;
    for_each_list(every_kind,
                  [&](const char* kind, const auto&) { is_device = is_device || element == kind; });
    bool stays = is_device && std::ranges::find(pluggable, element) == std::end(pluggable);
    std::string_view type = document.root().attribute("type").value();
    if (element == "controller") stays = type != "scsi" && type != "virtio-serial";
    if (stays)
        throw error(
            ErrorCode::OperationUnsupported,
            fmt::format("a <{}{}> cannot be {} a running domain: such devices are there from the start "
                        "to the end",
                        element, element == "controller" ? fmt::format(" type='{}'", type) : "", verb));
}

void require_unpluggable(const Domain& domain, std::string_view alias) {
    with_device(domain, alias, [&]<class Device>(const char* element, const Device& device) {
        auto obstacle = obstacle_of(device);
        if (!obstacle.empty())
            throw error(ErrorCode::OperationUnsupported,
                        fmt::format("a <{}> cannot be detached from the running domain '{}': {}", element,
                                    domain.name, obstacle));
        if constexpr (std::is_same_v<Device, Controller>)
            if (is_busy(domain, device))
                throw error(ErrorCode::OperationFailed,
                            fmt::format("controller '{}' is busy: detach what is on it first", alias));
        require_alone(device.info);
    });
}

} // namespace vireo::qemu
