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
        if (!forward.device.empty())
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("interface {}: QEMU's user network does not listen at one device ('{}'); "
                                    "<backend type='passt'/> does",
                                    interface.mac.text(), forward.device));
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

std::string text_of(const InterfaceEnd& end) {
    return fmt::format("{}:{}", end.address, end.port.value_or(0));
}

/// QEMU's own network, with the addresses that the guest sees.
json::object user_network(const Interface& interface) {
    json::object network{{"type", "user"}};
    for (const auto& ip : interface.ips) {
        if (ip.is_v6()) {
            network["ipv6-prefix"] = ip.address;
            if (ip.prefix) network["ipv6-prefixlen"] = *ip.prefix;
        } else {
            network["net"] = ip.prefix ? fmt::format("{}/{}", ip.address, *ip.prefix) : ip.address;
        }
    }
    if (auto rules = host_forwards(interface); !rules.empty()) network["hostfwd"] = std::move(rules);
    return network;
}

/// A tunnel through a socket, which another guest has the other end of.
json::object tunnel(const Interface& interface) {
    json::object network{{"type", "socket"}};
    const char* kind = interface.type == InterfaceType::Server   ? "listen"
                       : interface.type == InterfaceType::Client ? "connect"
                       : interface.type == InterfaceType::Mcast  ? "mcast"
                                                                 : "udp";
    network[kind] = text_of(interface.source.end);
    if (interface.type == InterfaceType::Udp) network["localaddr"] = text_of(interface.source.local);
    return network;
}
} // namespace

/// The switch of another process, which serves the guest's queues itself.
json::object CommandLineBuilder::vhost_user_network(const Interface& interface) {
    const auto& source = interface.source;
    auto id = "char" + interface.info.alias;
    auto socket = fmt::format("socket,id={},path={}", id, escape(source.path));
    if (source.role == VhostUserMode::Server) socket += ",server=on";
    if (source.reconnect)
        socket += fmt::format(",reconnect={}",
                              *source.reconnect == Answer::Yes ? source.reconnect_timeout.value_or(0) : 0);
    option("-chardev", socket);
    json::object network{{"type", "vhost-user"}, {"chardev", id}};
    if (auto queues = interface.driver.queues.value_or(1); queues > 1) network["queues"] = queues;
    return network;
}

json::object CommandLineBuilder::tap_network(const Interface& interface, std::size_t number) {
    if (interface.driver.queues.value_or(1) > 1)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("interface {}: several queues cannot be started by this version",
                                interface.mac.text()));
    auto tap = std::to_string(pass({PassedDescriptor::Kind::Tap, number}));
    return {{"type", "tap"}, {"fd", tap}};
}

/// The program passt at the other end of a socket (QEMU, "-netdev stream").
json::object CommandLineBuilder::passt_network(const Interface& interface, std::size_t number) {
    constexpr std::uint32_t first_with_streams = 7'002'000;
    if (capabilities_.version < first_with_streams)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("interface {}: passt needs QEMU 7.2 or newer", interface.mac.text()));
    auto descriptor = std::to_string(pass({PassedDescriptor::Kind::Passt, number}));
    json::object address{{"type", "fd"}, {"str", descriptor}};
    return {{"type", "stream"}, {"addr", std::move(address)}, {"server", false}};
}

json::object CommandLineBuilder::network_of(const Interface& interface, std::size_t number) {
    using enum InterfaceType;
    switch (interface.type) {
    case User:
        return interface.backend == NetworkBackend::Passt ? passt_network(interface, number)
                                                          : user_network(interface);
    case Ethernet:
    case Bridge: return tap_network(interface, number);
    case Server:
    case Client:
    case Mcast:
    case Udp: return tunnel(interface);
    case Vhostuser: return vhost_user_network(interface);
    default:
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format("interface {}: type '{}' cannot be started by this version; it starts 'user', "
                        "'ethernet', 'bridge', 'vhostuser', 'server', 'client', 'mcast' and 'udp'",
                        interface.mac.text(), name_of(interface.type)));
    }
}

void CommandLineBuilder::add_interface(const Interface& interface, std::size_t number) {
    auto backend = "host" + interface.info.alias;
    if (interface.type != InterfaceType::User && !interface.port_forwards.empty())
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("interface {}: <portForward> is for type 'user', not '{}'",
                                interface.mac.text(), name_of(interface.type)));
    auto network = network_of(interface, number);
    network["id"] = backend;
    option("-netdev", network);
    json::object device{{"driver", interface.model.starts_with("virtio")
                                       ? virtio_device("virtio-net", interface.model, interface.info)
                                       : interface.model}};
    if (interface.is_virtio()) put_driver(device, interface.driver);
    bool has_queues = interface.type == InterfaceType::Vhostuser && interface.driver.queues.value_or(1) > 1;
    if (has_queues) { // a vector for each direction of each queue, and two for the device
        device["mq"] = true;
        device["vectors"] = 2 * *interface.driver.queues + 2;
    }
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
