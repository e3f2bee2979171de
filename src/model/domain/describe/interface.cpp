// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

template <class Node> void describe_offloads(Node node, auto& offloads) {
    node.attribute("csum", offloads.checksum)
        .attribute("gso", offloads.gso)
        .attribute("tso4", offloads.tso4)
        .attribute("tso6", offloads.tso6)
        .attribute("ecn", offloads.ecn)
        .attribute("ufo", offloads.ufo)
        .attribute("mrg_rxbuf", offloads.merge_buffers);
}

template <class Node> void describe_driver(Node node, auto& driver) {
    node.attribute("name", driver.name, xml::wrong_is_unsupported)
        .attribute("txmode", driver.tx_mode, xml::wrong_is_unsupported)
        .attribute("ioeventfd", driver.ioeventfd, xml::wrong_is_unsupported)
        .attribute("event_idx", driver.event_idx, xml::wrong_is_unsupported)
        .attribute("queues", driver.queues)
        .attribute("rx_queue_size", driver.rx_queue_size)
        .attribute("tx_queue_size", driver.tx_queue_size)
        .attribute("rss", driver.rss)
        .attribute("rss_hash_report", driver.rss_hash_report);
    describe_virtio(node, driver.virtio);
    describe_offloads(node.child("host"), driver.host);
    describe_offloads(node.child("guest"), driver.guest);
}

template <class Node> void describe(Node& node, Of<PortRange> auto& range) {
    node.attribute("start", range.start, xml::required)
        .attribute("end", range.end)
        .attribute("to", range.to)
        .attribute("exclude", range.exclude);
}

/// <portForward> (libvirt's formatdomain, "Userspace (SLIRP or passt) connection").
template <class Node> void describe(Node& node, Of<PortForward> auto& forward) {
    node.attribute("proto", forward.protocol, xml::required)
        .attribute("address", forward.address)
        .kept_attributes({"dev"}, forward.kept)
        .children("range", forward.ranges);
    if constexpr (is_reader<Node>) check(node, forward);
}

/// <interface> (libvirt's formatdomain, "Network interfaces").
template <class Node> void describe(Node& node, Of<Interface> auto& interface) {
    auto& kept = interface.kept;
    node.attribute("type", interface.type, {ErrorCode::XmlError, ErrorCode::XmlError})
        .supports("type", interface.type,
                  {InterfaceType::User, InterfaceType::Ethernet, InterfaceType::Bridge})
        .kept_attributes({"managed", "trustGuestRxFilters"}, kept);
    node.child("mac").attribute("address", interface.mac).kept_attributes({"type", "check"}, kept);
    if (interface.type == InterfaceType::Bridge)
        node.child("source").attribute("bridge", interface.bridge);
    else
        node.kept("source", kept);
    node.kept({"ip", "route"}, kept).children("portForward", interface.port_forwards);
    node.kept({"vlan", "virtualport", "bandwidth", "port", "script", "backenddomain"}, kept);
    node.child("target").attribute("dev", interface.target).attribute("managed", interface.target_managed);
    node.kept("guest", kept);
    node.child("model").attribute("type", interface.model);
    if (interface.type == InterfaceType::Hostdev)
        node.kept("driver", kept); // how the host's device is passed on
    else
        describe_driver(node.child("driver"), interface.driver);
    node.kept({"backend", "filterref"}, kept);
    node.child("tune").child("sndbuf", interface.send_buffer);
    node.child("link").attribute("state", interface.link, xml::wrong_is_unsupported);
    node.child("mtu").attribute("size", interface.mtu);
    node.kept({"coalesce", "teaming"}, kept);
    describe_info(node, interface.info);
    if constexpr (is_reader<Node>) {
        // a name that a driver made for an earlier run (as libvirt does)
        if (!node.live() && interface.target.starts_with("vnet")) interface.target.clear();
        check(node, interface);
    }
}

template void describe(xml::Reader&, Interface&);
template void describe(xml::Writer&, const Interface&);
template void describe(xml::Survey&, const Interface&);

} // namespace vireo::model::domain
