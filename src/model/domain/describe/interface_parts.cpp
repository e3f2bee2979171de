// SPDX-License-Identifier: Apache-2.0
// What an <interface> is connected to, and what happens on the way.
#include "model/domain/describe/interface_parts.hpp"

#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

/// What this version leaves to a later one, which a start says.
template <class Node> void refuse_at_start([[maybe_unused]] Node& node) {
    if constexpr (requires { node.unsupported(); }) node.unsupported();
}

template <class Node> void describe(Node& node, Of<InterfaceIp> auto& ip) {
    if constexpr (is_reader<Node>) {
        read_ip(node, ip);
    } else {
        std::string family = ip.is_v6() ? "ipv6" : "ipv4";
        node.attribute("address", ip.address)
            .attribute("family", family)
            .attribute("prefix", ip.prefix)
            .attribute("peer", ip.peer);
    }
}

template <class Node> void describe(Node& node, Of<InterfaceRoute> auto& route) {
    node.attribute("family", route.family)
        .attribute("address", route.address)
        .attribute("netmask", route.netmask)
        .attribute("prefix", route.prefix)
        .attribute("gateway", route.gateway)
        .attribute("metric", route.metric);
    if constexpr (is_reader<Node>) check(node, route);
}

template <class Node> void describe_end(Node& node, auto& end, bool needs_address) {
    node.attribute("address", end.address).attribute("port", end.port, xml::required);
    if constexpr (is_reader<Node>) {
        std::optional<std::string> given;
        node.attribute("address", given, needs_address ? xml::required : xml::Rule{});
    }
}

template <class Node> void describe_vhost_user(Node& node, auto& source) {
    std::string type = "unix";
    node.attribute("type", type, {ErrorCode::ConfigUnsupported, ErrorCode::XmlError});
    if constexpr (is_reader<Node>) {
        if (type != "unix") node.fail("type", ErrorCode::ConfigUnsupported, "known is 'unix'");
    }
    node.attribute("path", source.path, xml::required).attribute("mode", source.role, xml::required);
    auto reconnect = node.child("reconnect");
    reconnect.attribute("enabled", source.reconnect);
    if (source.reconnect == Answer::Yes)
        reconnect.attribute("timeout", source.reconnect_timeout, xml::required);
}

template <class Node> void describe_hostdev_source(Node& node, auto& source) {
    auto address = node.child("address");
    if constexpr (is_reader<Node>) source = source_of_address(address);
    if (auto* usb = std::get_if<UsbHostSource>(&source)) {
        if constexpr (!is_reader<Node>) address.attribute("type", std::string{"usb"});
        address.attribute("bus", usb->bus, xml::required).attribute("device", usb->device, xml::required);
    } else if (auto* pci = std::get_if<PciHostSource>(&source)) {
        if constexpr (!is_reader<Node>) address.attribute("type", std::string{"pci"});
        address.attribute("domain", xml::Hex{pci->address.domain, 4})
            .attribute("bus", xml::Hex{pci->address.bus, 2})
            .attribute("slot", xml::Hex{pci->address.slot, 2})
            .attribute("function", xml::Hex{pci->address.function, 1});
        if constexpr (is_reader<Node>) check_host_address(address, pci->address);
    }
}

template <class Node> void describe_source(Node node, auto& interface) {
    using enum InterfaceType;
    auto& source = interface.source;
    if constexpr (is_reader<Node>) check_source(node, interface.type);
    switch (interface.type) {
    case User:
        if (!is_reader<Node> || interface.backend == NetworkBackend::Passt)
            node.attribute("dev", source.device);
        break;
    case Bridge: node.attribute("bridge", interface.bridge, xml::required); break;
    case Network:
        node.attribute("network", source.network, xml::required).attribute("portgroup", source.port_group);
        break;
    case Direct: node.attribute("dev", source.device, xml::required).attribute("mode", source.mode); break;
    case Vdpa: node.attribute("dev", source.device, xml::required); break;
    case Internal: node.attribute("name", source.name, xml::required); break;
    case Server: describe_end(node, source.end, false); break;
    case Client:
    case Mcast: describe_end(node, source.end, true); break;
    case Udp: {
        describe_end(node, source.end, true);
        auto local = node.child("local");
        describe_end(local, source.local, true);
        break;
    }
    case Vhostuser: describe_vhost_user(node, source); break;
    case Hostdev: describe_hostdev_source(node, source.hostdev); break;
    case Vds:
        node.attribute("switchid", source.switch_port.switch_id, xml::required)
            .attribute("portid", source.switch_port.port, xml::required)
            .attribute("portgroupid", source.switch_port.group, xml::required)
            .attribute("connectionid", source.switch_port.connection, xml::required);
        break;
    case Ethernet:
        node.children("ip", source.ips).children("route", source.routes);
        if (!source.ips.empty() || !source.routes.empty()) refuse_at_start(node);
        break;
    default: break;
    }
}

template <class Node> void describe(Node& node, Of<VirtualPort> auto& port) {
    refuse_at_start(node);
    node.attribute("type", port.type, xml::wrong_is_unsupported);
    node.child("parameters")
        .attribute("managerid", port.manager_id)
        .attribute("typeid", port.type_id)
        .attribute("typeidversion", port.type_id_version)
        .attribute("instanceid", port.instance_id)
        .attribute("interfaceid", port.interface_id)
        .attribute("profileid", port.profile_id);
}

template <class Node> void describe(Node& node, Of<VlanTag> auto& tag) {
    node.attribute("id", tag.id, xml::required).attribute("nativeMode", tag.native_mode);
}

template <class Node> void describe(Node& node, Of<Vlan> auto& vlan) {
    refuse_at_start(node);
    if constexpr (is_reader<Node>) {
        node.children("tag", vlan.tags);
        std::string trunk;
        node.attribute("trunk", trunk);
        vlan.trunk = is_trunk(node, vlan, trunk);
    } else {
        if (vlan.trunk) node.attribute("trunk", Answer::Yes);
        node.children("tag", vlan.tags);
    }
}

template <class Node> void describe(Node& node, Of<BandwidthRates> auto& rates) {
    node.attribute("average", rates.average, xml::wrong_is_unsupported)
        .attribute("peak", rates.peak, xml::wrong_is_unsupported)
        .attribute("floor", rates.floor, xml::wrong_is_unsupported)
        .attribute("burst", rates.burst, xml::wrong_is_unsupported);
    if constexpr (is_reader<Node>) {
        if (!rates.average && !rates.floor)
            node.fail(nullptr, ErrorCode::XmlDetail, "a bandwidth needs an 'average' or a 'floor'");
    }
}

template <class Node> void describe(Node& node, Of<InterfaceBandwidth> auto& bandwidth) {
    refuse_at_start(node);
    node.single("inbound", ErrorCode::XmlDetail)
        .single("outbound", ErrorCode::XmlDetail)
        .child("inbound", bandwidth.inbound)
        .child("outbound", bandwidth.outbound);
    if constexpr (is_reader<Node>) {
        if (bandwidth.outbound && bandwidth.outbound->floor)
            node.child("outbound").fail("floor", ErrorCode::XmlDetail, "only what comes in has a floor");
    }
}

template <class Node> void describe(Node& node, Of<FilterParameter> auto& parameter) {
    node.attribute("name", parameter.name).attribute("value", parameter.value);
}

template <class Node> void describe(Node& node, Of<FilterReference> auto& reference) {
    refuse_at_start(node);
    node.attribute("filter", reference.filter, xml::required).children("parameter", reference.parameters);
}

template <class Node> void describe_connection(Node& node, Of<Interface> auto& interface) {
    describe_source(node.child("source"), interface);
    node.children("ip", interface.ips)
        .children("route", interface.routes)
        .child("vlan", interface.vlan)
        .child("virtualport", interface.virtual_port)
        .child("bandwidth", interface.bandwidth);
}

template <class Node> void describe_filter(Node& node, Of<Interface> auto& interface) {
    using enum InterfaceType;
    bool has_filter = interface.type == Ethernet || interface.type == Network || interface.type == Bridge;
    if (has_filter) node.child("filterref", interface.filter); // one of another type is not looked at
}

template void describe_connection(xml::Reader&, Interface&);
template void describe_connection(xml::Writer&, const Interface&);
template void describe_connection(xml::Survey&, const Interface&);
template void describe_filter(xml::Reader&, Interface&);
template void describe_filter(xml::Writer&, const Interface&);
template void describe_filter(xml::Survey&, const Interface&);

} // namespace vireo::model::domain
