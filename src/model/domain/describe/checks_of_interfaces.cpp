// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/interface_parts.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace vireo::model::domain {

namespace {
/// An IP address of four bytes or of sixteen; empty: the text is none.
struct IpAddress {
    std::vector<std::uint8_t> bytes;
    bool is_v6() const { return bytes.size() == sizeof(in6_addr); }
    explicit operator bool() const { return !bytes.empty(); }
};

IpAddress parse_ip(const std::string& text) {
    std::array<std::uint8_t, sizeof(in6_addr)> buffer{};
    if (inet_pton(AF_INET6, text.c_str(), buffer.data()) == 1) return {{buffer.begin(), buffer.end()}};
    constexpr std::size_t four = sizeof(in_addr);
    if (inet_aton(text.c_str(), reinterpret_cast<in_addr*>(buffer.data())) == 0) return {};
    return {{buffer.begin(), buffer.begin() + four}};
}

std::string text_of(const IpAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(address.is_v6() ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
    return text.data();
}

/// True when no bit behind the prefix is set.
bool is_network(const IpAddress& address, std::uint32_t prefix) {
    for (std::uint32_t bit = prefix; bit < address.bytes.size() * 8; ++bit)
        if ((address.bytes[bit / 8] >> (7 - bit % 8) & 1) != 0) return false;
    return true;
}

/// The prefix of addresses that do not say it, by their class.
std::uint32_t usual_prefix(const IpAddress& address) {
    if (address.is_v6()) return 64;
    if (std::ranges::all_of(address.bytes, [](auto byte) { return byte == 0; })) return 0;
    if ((address.bytes[0] & 0x80) == 0) return 8;
    return (address.bytes[0] & 0xc0) == 0x80 ? 16 : 24;
}

/// The length of a netmask; nothing when its bits are not in one piece.
std::optional<std::uint32_t> prefix_of(const IpAddress& netmask) {
    std::uint32_t length = 0;
    auto bits = static_cast<std::uint32_t>(netmask.bytes.size() * 8);
    while (length < bits && (netmask.bytes[length / 8] >> (7 - length % 8) & 1) != 0) ++length;
    if (!is_network(netmask, length)) return std::nullopt;
    return length;
}

void require(const xml::Reader& node, bool holds, const char* attribute, std::string_view otherwise) {
    if (!holds) node.fail(attribute, ErrorCode::XmlError, otherwise);
}
} // namespace

void read_backend(const xml::Reader& node, std::optional<NetworkBackend>& backend) {
    auto from = node;
    from.attribute("type", backend, {.wrong = ErrorCode::XmlError});
    if (backend == NetworkBackend::Default) backend.reset();
}

void read_coalesce(const xml::Reader& frames, std::optional<std::uint32_t>& most) {
    auto from = frames;
    from.attribute("max", most, {.wrong = ErrorCode::XmlDetail});
}

void read_teaming(const xml::Reader& node, std::optional<Teaming>& teaming) {
    std::string type, persistent;
    auto from = node;
    from.attribute("type", type).attribute("persistent", persistent);
    if (type.empty() && persistent.empty()) return;
    describe(from, teaming.emplace());
}

void settle_model(std::string& model) {
    auto to_lower = [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    };
    if (std::ranges::equal(model, std::string_view{"virtio"}, {}, to_lower)) model = "virtio";
}

void forget_generated(Interface& interface) {
    for (std::string_view prefix : {"vnet", "macvtap", "macvlan"})
        if (interface.target.starts_with(prefix)) interface.target.clear();
}

void check_source(const xml::Reader& node, InterfaceType type) {
    using enum InterfaceType;
    bool needs_source = type != User && type != Ethernet && type != Null;
    if (needs_source && !node.exists())
        node.fail(nullptr, ErrorCode::XmlError,
                  fmt::format("an interface of type '{}' needs a <source>", name_of(type)));
    if (type == Udp) require(node, node.child("local").exists(), nullptr, "type 'udp' needs a <local>");
}

HostdevSource source_of_address(const xml::Reader& address) {
    std::string type;
    auto from = address;
    if (!address.exists())
        address.fail(nullptr, ErrorCode::XmlError, "an interface of type 'hostdev' needs an <address>");
    from.attribute("type", type, xml::required);
    require(address, !type.empty(), nullptr, "attribute 'type' is missing");
    if (type == "usb") return UsbHostSource{};
    if (type != "pci") address.fail("type", ErrorCode::ConfigUnsupported, "known are 'pci' and 'usb'");
    return PciHostSource{};
}

void read_ip(const xml::Reader& node, InterfaceIp& ip) {
    std::string family;
    auto from = node;
    from.attribute("address", ip.address, xml::required)
        .attribute("family", family)
        .attribute("prefix", ip.prefix)
        .attribute("peer", ip.peer);
    auto address = parse_ip(ip.address);
    bool is_of_family =
        address && (family != "ipv4" || !address.is_v6()) && (family != "ipv6" || address.is_v6());
    require(node, is_of_family, "address", "an IP address of the family is needed");
    require(node, ip.prefix.value_or(0) <= address.bytes.size() * 8, "prefix",
            "it is longer than the address");
    ip.address = text_of(address);
    if (!ip.peer.empty() || has_attribute(node, "peer")) {
        auto peer = parse_ip(ip.peer);
        if (!peer) node.fail("peer", ErrorCode::InvalidArgument, "an IP address is needed");
        ip.peer = text_of(peer);
    }
}

void check(const xml::Reader& node, const InterfaceRoute& route) {
    bool is_known = route.family.empty() || route.family == "ipv4" || route.family == "ipv6";
    require(node, is_known && !(route.family.empty() && has_attribute(node, "family")), "family",
            "known are 'ipv4' and 'ipv6'");
    auto address = parse_ip(route.address), gateway = parse_ip(route.gateway);
    bool wants_v6 = route.family == "ipv6";
    require(node, address && address.is_v6() == wants_v6, "address",
            "a network address of the family is needed");
    require(node, gateway && gateway.is_v6() == wants_v6, "gateway", "an IP address of the family is needed");
    bool has_mask = has_attribute(node, "netmask");
    require(node, !(has_mask && route.prefix), "netmask", "there is a prefix, too");
    auto prefix = route.prefix ? route.prefix : std::optional{usual_prefix(address)};
    if (has_mask) {
        auto mask = parse_ip(route.netmask);
        require(node, mask && !mask.is_v6() && !wants_v6 && prefix_of(mask), "netmask",
                "a netmask such as 255.255.0.0 is needed");
        prefix = prefix_of(mask);
    }
    require(node, *prefix <= address.bytes.size() * 8 && is_network(address, *prefix), "address",
            "bits behind the prefix are set");
    require(node, route.metric != 0U, "metric", "it starts at 1");
}

namespace {
/// What a port of a type may have, and must have unless its network adds the rest. Midonet's other parameters
/// are not looked at.
void check_parameters(const xml::Reader& node, VirtualPort& port, bool is_complete) {
    auto fail = [&](const char* message) { node.fail(nullptr, ErrorCode::XmlError, message); };
    bool has_numbers = port.manager_id || port.type_id || port.type_id_version || port.instance_id;
    bool has_all_numbers = port.manager_id && port.type_id && port.type_id_version;
    using enum VirtualPortType;
    switch (*port.type) {
    case Qbg:
        if (is_complete && !has_all_numbers) fail("802.1Qbg needs managerid, typeid and typeidversion");
        if (port.interface_id || !port.profile_id.empty())
            fail("802.1Qbg has no interfaceid and no profileid");
        break;
    case Qbh:
        if (is_complete && port.profile_id.empty()) fail("802.1Qbh needs a profileid");
        if (has_numbers || port.interface_id) fail("802.1Qbh has a profileid, and nothing else");
        break;
    case Openvswitch:
        if (has_numbers) fail("openvswitch has an interfaceid and a profileid");
        break;
    case Midonet:
        if (is_complete && !port.interface_id) fail("midonet needs an interfaceid");
        port.manager_id.reset();
        port.type_id.reset();
        port.type_id_version.reset();
        port.instance_id.reset();
        port.profile_id.clear();
        break;
    }
}
} // namespace

void settle(const xml::Reader& node, VirtualPort& port, InterfaceType type) {
    constexpr std::uint32_t largest_type = 0xffffff;
    if (port.type_id > largest_type)
        node.child("parameters").fail("typeid", ErrorCode::XmlError, "it has 24 bits");
    if (port.type) check_parameters(node, port, type != InterfaceType::Network);
    bool is_open = !port.type; // its network knows of which type it is
    if ((is_open || port.type == VirtualPortType::Qbg) && !port.instance_id)
        port.instance_id = Uuid::generate();
    if ((is_open || port.type == VirtualPortType::Openvswitch) && !port.interface_id)
        port.interface_id = Uuid::generate();
}

bool is_trunk(const xml::Reader& node, const Vlan& vlan, const std::string& given) {
    constexpr std::uint32_t most = 4095;
    require(node, !vlan.tags.empty(), nullptr, "a <vlan> has one <tag> at least");
    std::size_t native = 0;
    for (const auto& tag : vlan.tags) {
        require(node, tag.id <= most, nullptr, "the id of a <tag> is at most 4095");
        native += tag.native_mode ? 1 : 0;
    }
    require(node, native <= 1, nullptr, "one <tag> is the native one");
    bool several = vlan.tags.size() > 1 || native != 0;
    bool is_given = has_attribute(node, "trunk");
    require(node, !is_given || given == "yes" || (given == "no" && !several), "trunk",
            "'yes' is needed for several tags, or a native one");
    return several || given == "yes";
}

namespace {
/// What only interfaces of some types have.
void check_extent(const xml::Reader& node, Interface& interface) {
    using enum InterfaceType;
    auto type = interface.type;
    auto is_any = [&](std::initializer_list<InterfaceType> types) {
        return std::ranges::find(types, type) != types.end();
    };
    auto only = [&](bool holds, const char* what) {
        if (!holds)
            node.fail(nullptr, ErrorCode::ConfigUnsupported,
                      fmt::format("an interface of type '{}' has no {}", name_of(type), what));
    };
    only(!interface.virtual_port || is_any({Network, Bridge, Direct, Hostdev}), "<virtualport>");
    bool needs_type = interface.virtual_port && type != Network;
    require(node, !needs_type || interface.virtual_port->type, nullptr, "a <virtualport> needs a type here");
    if (interface.virtual_port) settle(node.child("virtualport"), *interface.virtual_port, type);
    bool by_vswitch = interface.virtual_port && interface.virtual_port->type == VirtualPortType::Openvswitch;
    only(interface.isolated != Answer::Yes || (is_any({Network, Bridge}) && !by_vswitch), "isolated <port>");
    bool has_floor =
        interface.bandwidth && interface.bandwidth->inbound && interface.bandwidth->inbound->floor;
    only(!has_floor || type == Network, "<bandwidth> with a floor");
}
} // namespace

void check(const xml::Reader& node, Interface& interface) {
    if (interface.mac.is_multicast())
        node.child("mac").fail("address", ErrorCode::XmlError,
                               "this is a multicast address; a unicast one is needed");
    check_extent(node, interface);
    if (interface.type == InterfaceType::Vhostuser && !interface.is_virtio())
        node.fail(nullptr, ErrorCode::InternalError,
                  "an interface of type 'vhostuser' needs <model type='virtio'/>");
}

} // namespace vireo::model::domain
