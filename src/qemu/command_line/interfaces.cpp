// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
void put_offloads(json::object& device, const InterfaceOffloads& offloads, std::string_view side) {
    auto put = [&](std::string_view name, const std::optional<Switch>& value) {
        if (value) device[fmt::format("{}{}", side, name)] = *value == Switch::On;
    };
    bool of_guest = side == "guest_";
    if (offloads.checksum) device[of_guest ? "guest_csum" : "csum"] = *offloads.checksum == Switch::On;
    if (!of_guest && offloads.gso) device["gso"] = *offloads.gso == Switch::On;
    put("tso4", offloads.tso4);
    put("tso6", offloads.tso6);
    put("ecn", offloads.ecn);
    put("ufo", offloads.ufo);
    if (!of_guest && offloads.merge_buffers) device["mrg_rxbuf"] = *offloads.merge_buffers == Switch::On;
}

/// What only a virtio device can be told.
void put_driver(json::object& device, const InterfaceDriver& driver) {
    auto put = [&](const char* name, const std::optional<Switch>& value) {
        if (value) device[name] = *value == Switch::On;
    };
    if (driver.tx_mode) device["tx"] = *driver.tx_mode == TxMode::Iothread ? "bh" : "timer";
    put("ioeventfd", driver.ioeventfd);
    put("event_idx", driver.event_idx);
    put_offloads(device, driver.host, "host_");
    put_offloads(device, driver.guest, "guest_");
    put("rss", driver.rss);
    put("hash", driver.rss_hash_report);
    if (driver.rx_queue_size) device["rx_queue_size"] = *driver.rx_queue_size;
    if (driver.tx_queue_size) device["tx_queue_size"] = *driver.tx_queue_size;
    put_virtio(device, driver.virtio);
}

/// Many ports are many sockets of QEMU's.
constexpr std::size_t most_forwards = 1024;

bool excludes(const PortForward& forward, std::uint32_t port) {
    return std::ranges::any_of(forward.ranges, [&](const PortRange& range) {
        return range.exclude == Answer::Yes && range.start <= port && port <= range.end.value_or(range.start);
    });
}

/// One rule of QEMU's user network for each port (QEMU, "-netdev user", hostfwd=PROTO:ADDR:PORT-:PORT).
json::array host_forwards(const Interface& interface) {
    json::array rules;
    for (const auto& forward : interface.port_forwards) {
        if (forward.address.find(':') != std::string::npos)
            throw error(
                ErrorCode::ConfigUnsupported,
                fmt::format("interface {}: QEMU's user network forwards ports of IPv4 addresses only, not "
                            "of '{}'",
                            interface.mac.text(), forward.address));
        for (const auto& range : forward.ranges) {
            if (range.exclude == Answer::Yes) continue;
            for (std::uint32_t port = range.start; port <= range.end.value_or(range.start); ++port) {
                if (excludes(forward, port)) continue;
                auto inside = port - range.start + range.to.value_or(range.start);
                auto rule =
                    fmt::format("{}:{}:{}-:{}", name_of(forward.protocol), forward.address, port, inside);
                rules.push_back(json::object{{"str", rule}});
            }
        }
    }
    if (rules.size() > most_forwards)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("interface {}: {} ports are forwarded, more than {}", interface.mac.text(),
                                rules.size(), most_forwards));
    return rules;
}

json::object user_network(const Interface& interface, std::string_view backend) {
    json::object network{{"type", "user"}};
    if (auto rules = host_forwards(interface); !rules.empty()) network["hostfwd"] = std::move(rules);
    network["id"] = backend;
    return network;
}
} // namespace

void CommandLineBuilder::add_interface(const Interface& interface, std::size_t number) {
    auto backend = "host" + interface.info.alias;
    if (interface.type != InterfaceType::User && !interface.port_forwards.empty())
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("interface {}: <portForward> is for type 'user', not '{}'",
                                interface.mac.text(), name_of(interface.type)));
    switch (interface.type) {
    case InterfaceType::User: option("-netdev", user_network(interface, backend)); break;
    case InterfaceType::Ethernet:
    case InterfaceType::Bridge: {
        if (interface.driver.queues.value_or(1) > 1)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("interface {}: several queues cannot be started by this version",
                                    interface.mac.text()));
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
    json::object device{{"driver", interface.model.starts_with("virtio")
                                       ? virtio_device("virtio-net", interface.model, interface.info)
                                       : interface.model}};
    if (interface.model.starts_with("virtio")) put_driver(device, interface.driver);
    if (interface.mtu && interface.model.starts_with("virtio")) device["host_mtu"] = *interface.mtu;
    device["netdev"] = backend;
    device["id"] = interface.info.alias;
    device["mac"] = interface.mac.text();
    put_boot_index(device, interface.info);
    put_address(device, interface.info);
    put_rom(device, interface.info);
    add_zpci(interface.info);
    option("-device", device);
}

} // namespace vireo::qemu
