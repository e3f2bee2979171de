// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::string device_of(std::string_view model) {
    if (model == "virtio") return "virtio-net-pci";
    if (model.starts_with("virtio-")) return fmt::format("virtio-net-pci{}", model.substr(6));
    return std::string{model};
}
} // namespace

void CommandLineBuilder::add_interface(const Interface& interface, std::size_t number) {
    auto backend = "host" + interface.info.alias;
    switch (interface.type) {
    case InterfaceType::User: option("-netdev", json::object{{"type", "user"}, {"id", backend}}); break;
    case InterfaceType::Ethernet:
    case InterfaceType::Bridge: {
        auto tap = std::to_string(pass({PassedDescriptor::Kind::Tap, number}));
        option("-netdev", json::object{{"type", "tap"}, {"fd", tap}, {"id", backend}});
        break;
    }
    default:
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format(
                "interface {}: type '{}' cannot be started by this version; it starts 'user', 'ethernet' "
                "and 'bridge'",
                interface.mac.text(), name_of(interface.type)));
    }
    json::object device{{"driver", device_of(interface.model)}};
    if (interface.mtu && interface.model.starts_with("virtio")) device["host_mtu"] = *interface.mtu;
    device["netdev"] = backend;
    device["id"] = interface.info.alias;
    device["mac"] = interface.mac.text();
    put_boot_index(device, interface.info);
    put_address(device, interface.info);
    option("-device", device);
}

} // namespace vireo::qemu
