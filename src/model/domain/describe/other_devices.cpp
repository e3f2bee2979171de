// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

/// <input> (libvirt's formatdomain, "Input devices").
template <class Node> void describe(Node& node, Of<Input> auto& input) {
    node.attribute("type", input.type, {ErrorCode::ConfigUnsupported, ErrorCode::InternalError})
        .attribute("model", input.model);
    if (input.bus != InputBus::None) node.attribute("bus", input.bus, xml::wrong_is_unsupported);
    {
        auto driver = node.child("driver");
        describe_virtio(driver, input.virtio);
    }
    bool is_passthrough = input.type == InputType::Passthrough, is_evdev = input.type == InputType::Evdev;
    {
        auto source = node.child("source");
        if (is_passthrough) source.attribute("evdev", input.source);
        if (is_evdev)
            source.attribute("dev", input.source)
                .attribute("grab", input.grab)
                .attribute("grabToggle", input.grab_toggle)
                .attribute("repeat", input.repeat);
    }
    describe_info(node, input.info);
    if constexpr (is_reader<Node>) check(node, input);
}

/// <memballoon> (libvirt's formatdomain, "Memory balloon device").
template <class Node> void describe(Node& node, Of<MemoryBalloon> auto& balloon) {
    node.attribute("model", balloon.model, xml::required)
        .attribute("autodeflate", balloon.autodeflate)
        .attribute("freePageReporting", balloon.free_page_reporting);
    node.child("stats").attribute("period", balloon.stats_period);
    describe_info(node, balloon.info);
    auto driver = node.child("driver");
    describe_virtio(driver, balloon.virtio);
}

/// <hub> (libvirt's formatdomain, "Hub devices").
template <class Node> void describe(Node& node, Of<Hub> auto& hub) {
    node.attribute("type", hub.type, {ErrorCode::XmlError, ErrorCode::InternalError});
    if constexpr (is_reader<Node>) {
        if (hub.type != "usb") node.fail("type", ErrorCode::ConfigUnsupported, "hubs are of type 'usb'");
    }
    describe_info(node, hub.info);
}

/// <watchdog> (libvirt's formatdomain, "Watchdog devices").
template <class Node> void describe(Node& node, Of<Watchdog> auto& watchdog) {
    node.attribute("model", watchdog.model, {ErrorCode::ConfigUnsupported, ErrorCode::InternalError})
        .attribute("action", watchdog.action, xml::wrong_is_unsupported);
    describe_info(node, watchdog.info);
}

/// <panic> (libvirt's formatdomain, "Panic device").
template <class Node> void describe(Node& node, Of<Panic> auto& panic) {
    node.attribute("model", panic.model, xml::wrong_is_unsupported);
    describe_info(node, panic.info);
}

/// <vsock> (libvirt's formatdomain, "Vsock").
template <class Node> void describe(Node& node, Of<Vsock> auto& vsock) {
    if constexpr (requires { node.unsupported(); }) node.unsupported(); // the host's end of it
    node.attribute("model", vsock.model);
    node.child("cid").attribute("auto", vsock.automatic).attribute("address", vsock.cid);
    if constexpr (is_reader<Node>) check(node, vsock);
    {
        auto driver = node.child("driver");
        describe_virtio(driver, vsock.virtio);
    }
    describe_info(node, vsock.info);
}

template void describe(xml::Reader&, Input&);
template void describe(xml::Writer&, const Input&);
template void describe(xml::Survey&, const Input&);
template void describe(xml::Reader&, MemoryBalloon&);
template void describe(xml::Writer&, const MemoryBalloon&);
template void describe(xml::Survey&, const MemoryBalloon&);
template void describe(xml::Reader&, Hub&);
template void describe(xml::Writer&, const Hub&);
template void describe(xml::Survey&, const Hub&);
template void describe(xml::Reader&, Watchdog&);
template void describe(xml::Writer&, const Watchdog&);
template void describe(xml::Survey&, const Watchdog&);
template void describe(xml::Reader&, Panic&);
template void describe(xml::Writer&, const Panic&);
template void describe(xml::Survey&, const Panic&);
template void describe(xml::Reader&, Vsock&);
template void describe(xml::Writer&, const Vsock&);
template void describe(xml::Survey&, const Vsock&);

} // namespace vireo::model::domain
