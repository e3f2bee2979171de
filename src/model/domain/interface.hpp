// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/mac_address.hpp"
#include "model/domain/hostdev.hpp"

#include <vector>

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

/// How a macvtap device and its neighbours on the same card reach each other.
enum class DirectMode { Vepa, Private, Bridge, Passthrough };
constexpr auto names_of(DirectMode) {
    using enum DirectMode;
    return std::to_array<std::pair<DirectMode, std::string_view>>(
        {{Vepa, "vepa"}, {Private, "private"}, {Bridge, "bridge"}, {Passthrough, "passthrough"}});
}

/// Who made a MAC address.
enum class MacType { Generated, Static };
constexpr auto names_of(MacType) {
    using enum MacType;
    return std::to_array<std::pair<MacType, std::string_view>>(
        {{Generated, "generated"}, {Static, "static"}});
}

enum class VhostUserMode { Client, Server };
constexpr auto names_of(VhostUserMode) {
    using enum VhostUserMode;
    return std::to_array<std::pair<VhostUserMode, std::string_view>>(
        {{Client, "client"}, {Server, "server"}});
}

/// <ip>: an address of an end, without or with the addresses that are reached through it.
struct InterfaceIp {
    std::string address; ///< as inet_ntop writes it
    std::optional<std::uint32_t> prefix;
    std::string peer;
    bool is_v6() const { return address.find(':') != std::string::npos; }
    friend bool operator==(const InterfaceIp&, const InterfaceIp&) = default;
};

/// <route>.
struct InterfaceRoute {
    std::string family, address, netmask, gateway;
    std::optional<std::uint32_t> prefix, metric;
    friend bool operator==(const InterfaceRoute&, const InterfaceRoute&) = default;
};

/// An end of a tunnel by sockets.
struct InterfaceEnd {
    std::string address;
    std::optional<std::int32_t> port;
    friend bool operator==(const InterfaceEnd&, const InterfaceEnd&) = default;
};

/// A port of a VMware distributed switch.
struct SwitchPort {
    Uuid switch_id;
    std::int64_t port = 0, connection = 0;
    std::string group;
    friend bool operator==(const SwitchPort&, const SwitchPort&) = default;
};

/// <source>: what the interface is connected to; which fields count, its type says.
struct InterfaceSource {
    std::string network, port_group; ///< of network
    std::string device;              ///< of direct and vdpa
    std::optional<DirectMode> mode;  ///< of direct
    std::string name;                ///< of internal
    InterfaceEnd end, local;         ///< of server, client, mcast and udp (only it has a local end)
    std::string path;                ///< of vhostuser
    VhostUserMode role = VhostUserMode::Client;
    std::optional<Answer> reconnect;
    std::optional<std::uint32_t> reconnect_timeout; ///< seconds
    HostdevSource hostdev = PciHostSource{};        ///< of hostdev: a PCI or USB device
    SwitchPort switch_port;                         ///< of vds
    std::vector<InterfaceIp> ips;                   ///< of the host's end
    std::vector<InterfaceRoute> routes;
    friend bool operator==(const InterfaceSource&, const InterfaceSource&) = default;
};

enum class VirtualPortType { Qbg, Qbh, Openvswitch, Midonet };
constexpr auto names_of(VirtualPortType) {
    using enum VirtualPortType;
    return std::to_array<std::pair<VirtualPortType, std::string_view>>(
        {{Qbg, "802.1Qbg"}, {Qbh, "802.1Qbh"}, {Openvswitch, "openvswitch"}, {Midonet, "midonet"}});
}

/// <virtualport>: what a switch wants to know of the port.
struct VirtualPort {
    std::optional<VirtualPortType> type;
    std::optional<std::uint8_t> manager_id, type_id_version;
    std::optional<std::uint32_t> type_id; ///< of 24 bits
    std::optional<Uuid> instance_id, interface_id;
    std::string profile_id;
    friend bool operator==(const VirtualPort&, const VirtualPort&) = default;
};

enum class NativeVlanMode { Tagged, Untagged };
constexpr auto names_of(NativeVlanMode) {
    using enum NativeVlanMode;
    return std::to_array<std::pair<NativeVlanMode, std::string_view>>(
        {{Tagged, "tagged"}, {Untagged, "untagged"}});
}
struct VlanTag {
    std::uint32_t id = 0; ///< up to 4095
    std::optional<NativeVlanMode> native_mode;
    friend bool operator==(const VlanTag&, const VlanTag&) = default;
};
/// <vlan>: one tag, or several of a trunk.
struct Vlan {
    bool trunk = false;
    std::vector<VlanTag> tags;
    friend bool operator==(const Vlan&, const Vlan&) = default;
};

/// Limits of one direction: KiB a second, and KiB for `burst`.
struct BandwidthRates {
    std::optional<std::uint64_t> average, peak, floor, burst;
    friend bool operator==(const BandwidthRates&, const BandwidthRates&) = default;
};
struct InterfaceBandwidth {
    std::optional<BandwidthRates> inbound, outbound;
    friend bool operator==(const InterfaceBandwidth&, const InterfaceBandwidth&) = default;
};

struct FilterParameter {
    std::string name, value;
    friend bool operator==(const FilterParameter&, const FilterParameter&) = default;
};
/// <filterref>: the network filter that a guest's packets pass.
struct FilterReference {
    std::string filter;
    std::vector<FilterParameter> parameters;
    friend bool operator==(const FilterReference&, const FilterReference&) = default;
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

/// Who serves a user network: QEMU itself, or the program passt.
enum class NetworkBackend { Default, Passt };
constexpr auto names_of(NetworkBackend) {
    using enum NetworkBackend;
    return std::to_array<std::pair<NetworkBackend, std::string_view>>(
        {{Default, "default"}, {Passt, "passt"}});
}

/// <portForward>: what comes to these ports of the host reaches the guest.
struct PortForward {
    ForwardProtocol protocol = ForwardProtocol::Tcp;
    std::string address; ///< of the host; empty: all of them
    std::string device;  ///< of the host; empty: any
    std::vector<PortRange> ranges;
    friend bool operator==(const PortForward&, const PortForward&) = default;
};

/// <interface>.
struct Interface {
    InterfaceType type = InterfaceType::User;
    std::optional<Answer> trust_guest_filters;
    bool managed = false; ///< of hostdev
    MacAddress mac;       ///< generated when the user gave none
    std::optional<MacType> mac_type;
    std::optional<Answer> mac_check;
    std::string bridge; ///< of bridge
    InterfaceSource source;
    std::optional<VirtualPort> virtual_port;
    std::optional<Vlan> vlan;
    std::optional<InterfaceBandwidth> bandwidth;
    std::optional<Answer> isolated;
    std::vector<InterfaceIp> ips; ///< of the guest's end
    std::vector<InterfaceRoute> routes;
    std::string script, down_script, driver_domain;
    std::string model;  ///< "virtio", "e1000", …; empty until completed
    std::string target; ///< the host's side: the tap's name; empty: the driver chooses
    std::optional<Answer> target_managed;
    std::string guest_device;
    std::optional<LinkState> link;
    std::optional<std::uint32_t> mtu;
    InterfaceDriver driver;
    std::optional<PciHostDriver> host_driver; ///< of hostdev
    std::optional<NetworkBackend> backend;    ///< absent: default
    std::string backend_log;                  ///< file that passt writes what it does to
    std::string tap_device, vhost_device;     ///< <backend>: files that are opened
    std::optional<std::uint32_t> send_buffer; ///< bytes of a tap, <tune><sndbuf>
    std::optional<FilterReference> filter;
    std::optional<std::uint32_t> coalesced_frames; ///< of reading: the most that wait for one interrupt
    std::optional<Teaming> teaming;
    std::vector<PortForward> port_forwards;
    DeviceInfo info;
    bool is_virtio() const { return model.starts_with("virtio"); }
    friend bool operator==(const Interface&, const Interface&) = default;
};

} // namespace vireo::model::domain
