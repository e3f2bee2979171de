// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/mac_address.hpp"
#include "model/domain/device_info.hpp"

#include <vector>

namespace vireo::model::domain {

enum class InterfaceType {
    User,
    Ethernet,
    Vhostuser,
    Server,
    Client,
    Mcast,
    Network,
    Bridge,
    Internal,
    Direct,
    Hostdev,
    Udp,
    Vdpa,
    Null,
    Vds
};
constexpr auto names_of(InterfaceType) {
    using enum InterfaceType;
    return std::to_array<std::pair<InterfaceType, std::string_view>>({{User, "user"},
                                                                      {Ethernet, "ethernet"},
                                                                      {Vhostuser, "vhostuser"},
                                                                      {Server, "server"},
                                                                      {Client, "client"},
                                                                      {Mcast, "mcast"},
                                                                      {Network, "network"},
                                                                      {Bridge, "bridge"},
                                                                      {Internal, "internal"},
                                                                      {Direct, "direct"},
                                                                      {Hostdev, "hostdev"},
                                                                      {Udp, "udp"},
                                                                      {Vdpa, "vdpa"},
                                                                      {Null, "null"},
                                                                      {Vds, "vds"}});
}

enum class LinkState { Up, Down };
constexpr auto names_of(LinkState) {
    using enum LinkState;
    return std::to_array<std::pair<LinkState, std::string_view>>({{Up, "up"}, {Down, "down"}});
}

enum class InterfaceBackend { Qemu, Vhost };
constexpr auto names_of(InterfaceBackend) {
    using enum InterfaceBackend;
    return std::to_array<std::pair<InterfaceBackend, std::string_view>>({{Qemu, "qemu"}, {Vhost, "vhost"}});
}

enum class TxMode { Iothread, Timer };
constexpr auto names_of(TxMode) {
    using enum TxMode;
    return std::to_array<std::pair<TxMode, std::string_view>>({{Iothread, "iothread"}, {Timer, "timer"}});
}

/// Features of virtio that the host's side (<host>) or the guest (<guest>) may offer.
struct InterfaceOffloads {
    std::optional<Switch> checksum, gso, tso4, tso6, ecn, ufo, merge_buffers;
    friend bool operator==(const InterfaceOffloads&, const InterfaceOffloads&) = default;
};

/// <driver> of an interface: how the host serves a virtio device.
struct InterfaceDriver {
    std::optional<InterfaceBackend> name;
    std::optional<TxMode> tx_mode;
    std::optional<Switch> ioeventfd, event_idx, rss, rss_hash_report;
    std::optional<std::uint32_t> queues, rx_queue_size, tx_queue_size;
    VirtioOptions virtio;
    InterfaceOffloads host, guest;
    friend bool operator==(const InterfaceDriver&, const InterfaceDriver&) = default;
};

enum class ForwardProtocol { Tcp, Udp };
constexpr auto names_of(ForwardProtocol) {
    using enum ForwardProtocol;
    return std::to_array<std::pair<ForwardProtocol, std::string_view>>({{Tcp, "tcp"}, {Udp, "udp"}});
}

/// <range> of a <portForward>: ports of the host from `start` to `end`, and the guest's port of the first.
struct PortRange {
    std::uint16_t start = 0;
    std::optional<std::uint16_t> end; ///< absent: `start` alone
    std::optional<std::uint16_t> to;  ///< absent: the same number
    std::optional<Answer> exclude;    ///< not these, although another range has them
    friend bool operator==(const PortRange&, const PortRange&) = default;
};

/// <portForward>: what comes to these ports of the host reaches the guest.
struct PortForward {
    ForwardProtocol protocol = ForwardProtocol::Tcp;
    std::string address; ///< of the host; empty: all of them
    std::vector<PortRange> ranges;
    xml::Kept kept;
    friend bool operator==(const PortForward&, const PortForward&) = default;
};

/// <interface>. Types user, ethernet and bridge are supported; the sources of the others are kept.
struct Interface {
    InterfaceType type = InterfaceType::User;
    MacAddress mac; ///< generated when the user gave none
    std::string bridge;
    std::string model;  ///< "virtio", "e1000", …; empty until completed
    std::string target; ///< the host's side: the tap's name; empty: the driver chooses
    std::optional<Answer> target_managed;
    std::optional<LinkState> link;
    std::optional<std::uint32_t> mtu;
    InterfaceDriver driver;
    std::optional<std::uint32_t> send_buffer; ///< bytes of a tap, <tune><sndbuf>
    std::vector<PortForward> port_forwards;
    DeviceInfo info;
    xml::Kept kept;
    friend bool operator==(const Interface&, const Interface&) = default;
};

} // namespace vireo::model::domain
