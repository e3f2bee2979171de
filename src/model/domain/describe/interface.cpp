// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/interface_parts.hpp"
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

template <class Node> void describe_driver(Node& node, auto& driver) {
    node.attribute("name", driver.name)
        .attribute("txmode", driver.tx_mode)
        .attribute("ioeventfd", driver.ioeventfd)
        .attribute("event_idx", driver.event_idx)
        .attribute("queues", driver.queues)
        .attribute("rx_queue_size", driver.rx_queue_size)
        .attribute("tx_queue_size", driver.tx_queue_size)
        .attribute("rss", driver.rss)
        .attribute("rss_hash_report", driver.rss_hash_report);
    if constexpr (is_reader<Node>) {
        if (driver.queues == 1U) driver.queues.reset();
        for (auto* number : {&driver.queues, &driver.rx_queue_size, &driver.tx_queue_size})
            if (*number == 0U) number->reset();
    }
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
        .attribute("dev", forward.device)
        .children("range", forward.ranges);
    if constexpr (is_reader<Node>) check(node, forward);
}

/// How the host serves a device: what other ones than virtio have of it is not looked at.
template <class Node> void describe_driver_of(Node node, auto& interface) {
    if (interface.type == InterfaceType::Hostdev) {
        node.attribute("name", interface.host_driver);
    } else if (interface.is_virtio()) {
        describe_driver(node, interface.driver);
    } else {
        describe_virtio(node, interface.driver.virtio);
    }
}

template <class Node> void describe_backend(Node backend, auto& interface) {
    if constexpr (!is_reader<Node>) // which reads it before <source>, that depends on it
        backend.attribute("type", interface.backend);
    backend.attribute("logFile", interface.backend_log);
    backend.attribute("tap", interface.tap_device);
    if (interface.is_virtio()) backend.attribute("vhost", interface.vhost_device);
}

/// <mtu>: zero is none.
template <class Node> void describe_mtu(Node mtu, auto& interface) {
    mtu.attribute("size", interface.mtu);
    if constexpr (is_reader<Node>) {
        if (interface.mtu == 0U) interface.mtu.reset();
    }
}

/// What a start has to leave to a later version.
template <class Node> void refuse_scripts([[maybe_unused]] Node& node, [[maybe_unused]] auto& interface) {
    if constexpr (requires { node.unsupported(); }) {
        if (!interface.script.empty()) node.child("script").unsupported();
        if (!interface.down_script.empty()) node.child("downscript").unsupported();
        if (!interface.driver_domain.empty()) node.child("backenddomain").unsupported();
        if (!interface.tap_device.empty() || !interface.vhost_device.empty())
            node.child("backend").unsupported();
        if (interface.isolated == Answer::Yes) node.child("port").unsupported();
        if (interface.coalesced_frames.value_or(0) != 0) node.child("coalesce").unsupported();
        if (interface.teaming) node.child("teaming").unsupported();
    }
}

template <class Node> void describe_coalesce(Node coalesce, auto& interface) {
    auto rx = coalesce.child("rx");
    auto frames = rx.child("frames");
    if constexpr (is_reader<Node>)
        read_coalesce(frames, interface.coalesced_frames);
    else if (interface.coalesced_frames != 0U) // none is what happens anyway
        frames.attribute("max", interface.coalesced_frames);
}

template <class Node> void describe_mac(Node mac, auto& interface) {
    mac.attribute("address", interface.mac)
        .attribute("type", interface.mac_type)
        .attribute("check", interface.mac_check);
}

template <class Node> void describe_managed(Node& node, auto& interface) {
    if constexpr (is_reader<Node>) {
        std::string managed; // anything but yes is no
        node.attribute("managed", managed);
        interface.managed = interface.type == InterfaceType::Hostdev && managed == "yes";
    } else if (interface.managed) {
        node.attribute("managed", Answer::Yes);
    }
}

template <class Node> void describe_teaming(Node& node, auto& interface) {
    if constexpr (is_reader<Node>)
        read_teaming(node.child("teaming"), interface.teaming);
    else
        node.child("teaming", interface.teaming);
}

/// <interface> (libvirt's formatdomain, "Network interfaces").
template <class Node> void describe(Node& node, Of<Interface> auto& interface) {
    using enum InterfaceType;
    node.attribute("type", interface.type)
        .supports("type", interface.type, {User, Ethernet, Bridge, Server, Client, Mcast, Udp, Vhostuser})
        .attribute("trustGuestRxFilters", interface.trust_guest_filters);
    describe_managed(node, interface);
    refuse_scripts(node, interface);
    describe_mac(node.child("mac"), interface);
    if (interface.type == Hostdev) describe_driver_of(node.child("driver"), interface);
    if constexpr (is_reader<Node>) read_backend(node.child("backend"), interface.backend);
    describe_connection(node, interface);
    node.children("portForward", interface.port_forwards);
    node.child("port").attribute("isolated", interface.isolated);
    node.child("script").attribute("path", interface.script);
    node.child("downscript").attribute("path", interface.down_script);
    node.child("backenddomain").attribute("name", interface.driver_domain);
    node.child("target").attribute("dev", interface.target).attribute("managed", interface.target_managed);
    node.child("guest").attribute("dev", interface.guest_device);
    node.child("model").attribute("type", interface.model);
    if constexpr (is_reader<Node>) settle_model(interface.model);
    if (interface.type != Hostdev) describe_driver_of(node.child("driver"), interface);
    describe_backend(node.child("backend"), interface);
    describe_filter(node, interface);
    node.child("tune").child("sndbuf", interface.send_buffer);
    node.child("link").attribute("state", interface.link, xml::wrong_is_unsupported);
    describe_mtu(node.child("mtu"), interface);
    describe_coalesce(node.child("coalesce"), interface);
    describe_teaming(node, interface);
    describe_info(node, interface.info);
    if constexpr (is_reader<Node>) {
        if (!node.live()) forget_generated(interface);
        check(node, interface);
    }
}

template void describe(xml::Reader&, Interface&);
template void describe(xml::Writer&, const Interface&);
template void describe(xml::Survey&, const Interface&);

} // namespace vireo::model::domain
