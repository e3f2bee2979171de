// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/image_source.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

/// An address of the host's PCI bus: all of it is said.
template <class Node> void describe_host_address(Node node, auto& address) {
    node.attribute("domain", xml::Hex{address.domain, 4})
        .attribute("bus", xml::Hex{address.bus, 2})
        .attribute("slot", xml::Hex{address.slot, 2})
        .attribute("function", xml::Hex{address.function, 1});
    if constexpr (is_reader<Node>) {
        if (node.exists()) check_host_address(node, address);
    }
}

template <class Node> void describe(Node& node, Of<UsbHostSource> auto& source) {
    node.attribute("startupPolicy", source.startup_policy).attribute("guestReset", source.guest_reset);
    node.child("vendor").hex_attribute("id", source.vendor, 4);
    node.child("product").hex_attribute("id", source.product, 4);
    {
        auto address = node.child("address");
        describe_c_number(address, "bus", source.bus);
        describe_c_number(address, "device", source.device);
    }
    if constexpr (is_reader<Node>) check(node, source);
}

template <class Node> void describe(Node& node, Of<PciHostSource> auto& source) {
    node.attribute("writeFiltering", source.write_filtering);
    describe_host_address(node.child("address"), source.address);
}

template <class Node> void describe(Node& node, Of<ScsiHostSource> auto& source) {
    if constexpr (is_reader<Node>) {
        node.attribute("protocol", source.protocol, xml::wrong_is_unsupported);
        check_parts(node, source);
    }
    if (source.protocol == ScsiProtocol::Iscsi) {
        if constexpr (!is_reader<Node>) node.attribute("protocol", source.protocol);
        node.attribute("name", source.name, xml::required)
            .children("host", source.hosts)
            .child("auth", source.auth);
        node.child("initiator").child("iqn").attribute("name", source.initiator);
        if constexpr (is_reader<Node>) check(node, source);
        return;
    }
    node.child("adapter").attribute("name", source.adapter, xml::required);
    node.child("address")
        .attribute("bus", source.bus, xml::required)
        .attribute("target", source.target, xml::required)
        .attribute("unit", source.unit, xml::required);
}

template <class Node> void describe(Node& node, Of<VhostScsiSource> auto& source) {
    std::string protocol = "vhost";
    node.attribute("protocol", protocol).attribute("wwpn", source.wwpn);
    if constexpr (is_reader<Node>) check_protocol(node, source);
}

template <class Node> void describe(Node& node, Of<MediatedSource> auto& source) {
    node.child("address").attribute("uuid", source.uuid,
                                    {ErrorCode::InternalError, ErrorCode::ConfigUnsupported});
}

template <class Node> void describe(Node& node, Of<CapabilitySource> auto& source) {
    node.kept({"interface", "block", "char"}, source.kept);
}

/// <teaming> of an interface, or of a device of the host.
template <class Node> void describe(Node& node, Of<Teaming> auto& teaming) {
    node.attribute("type", teaming.type, {ErrorCode::ConfigUnsupported, ErrorCode::ConfigUnsupported})
        .attribute("persistent", teaming.persistent);
    if constexpr (is_reader<Node>) {
        if (teaming.type == TeamingType::Transient && teaming.persistent.empty())
            node.fail("persistent", ErrorCode::ConfigUnsupported,
                      "a transient one names the alias of its persistent interface");
    }
}

template <class Node> void describe_mode(Node& node, auto& hostdev) {
    std::string mode = is_capability(hostdev.type) ? "capabilities" : "subsystem";
    if constexpr (is_reader<Node>) {
        mode = "subsystem";
        node.attribute("mode", mode)
            .attribute("type", hostdev.type, {ErrorCode::ConfigUnsupported, ErrorCode::XmlError});
        check_mode(node, hostdev, mode);
        std::string managed;
        node.attribute("managed", managed); // anything but yes is no
        hostdev.managed = managed == "yes";
        hostdev.source = source_for(hostdev.type);
    } else {
        node.attribute("mode", mode).attribute("type", hostdev.type);
        if (!is_capability(hostdev.type))
            node.attribute("managed", hostdev.managed ? Answer::Yes : Answer::No);
    }
}

/// <hostdev> (libvirt's formatdomain, "Host device assignment").
template <class Node> void describe(Node& node, Of<Hostdev> auto& hostdev) {
    if constexpr (requires { node.unsupported(); }) node.unsupported(); // the host's side of it
    describe_mode(node, hostdev);
    node.attribute("sgio", hostdev.sgio).attribute("rawio", hostdev.raw_io);
    if constexpr (is_reader<Node>) check_model(node, hostdev.type);
    if (hostdev.type == HostdevType::ScsiHost) node.attribute("model", hostdev.vhost_model);
    if (hostdev.type == HostdevType::Mdev)
        node.attribute("model", hostdev.mediated_model)
            .attribute("display", hostdev.display)
            .attribute("ramfb", hostdev.ramfb);
    if (hostdev.type == HostdevType::Pci) node.child("driver").attribute("name", hostdev.driver);
    {
        auto source = node.child("source");
        source.open(); // one that says nothing is there too
        std::visit([&](auto& chosen) { describe(source, chosen); }, hostdev.source);
    }
    node.child("teaming", hostdev.teaming)
        .flag("readonly", hostdev.readonly)
        .flag("shareable", hostdev.shareable);
    describe_info(node, hostdev.info);
    if constexpr (is_reader<Node>) check(node, hostdev);
}

template void describe(xml::Reader&, Teaming&);
template void describe(xml::Writer&, const Teaming&);
template void describe(xml::Survey&, const Teaming&);
template void describe(xml::Reader&, Hostdev&);
template void describe(xml::Writer&, const Hostdev&);
template void describe(xml::Survey&, const Hostdev&);

} // namespace vireo::model::domain
