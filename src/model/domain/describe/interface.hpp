// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/describe/device_info.hpp"
#include "model/domain/interface.hpp"

namespace vireo::model::domain {

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
    node.kept({"ip", "route", "vlan", "virtualport", "bandwidth", "port", "script", "backenddomain"}, kept);
    node.child("target").attribute("dev", interface.target).attribute("managed", interface.target_managed);
    node.kept("guest", kept);
    node.child("model").attribute("type", interface.model);
    node.kept({"driver", "backend", "filterref", "tune"}, kept);
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

} // namespace vireo::model::domain
