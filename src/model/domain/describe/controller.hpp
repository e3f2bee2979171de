// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/controller.hpp"
#include "model/domain/describe/device_info.hpp"

namespace vireo::model::domain {

/// <controller> (libvirt's formatdomain, "Controllers").
template <class Node> void describe(Node& node, Of<Controller> auto& controller) {
    node.attribute("type", controller.type)
        .attribute("index", controller.index)
        .attribute("model", controller.model)
        .attribute("ports", controller.ports)
        .attribute("vectors", controller.vectors)
        .kept_attributes({"maxGrantFrames", "maxEventChannels"}, controller.kept)
        .kept("driver", controller.kept)
        .single("model")
        .single("target");
    if (controller.type == ControllerType::Pci) {
        node.child("model").attribute("name", controller.pci_model_name);
        auto& target = controller.pci_target;
        node.child("target")
            .attribute("chassisNr", target.chassis_nr)
            .attribute("chassis", target.chassis)
            .hex_attribute("port", target.port, 1)
            .attribute("busNr", target.bus_nr)
            .attribute("index", target.index)
            .attribute("hotplug", target.hotplug)
            .kept("node", target.kept);
        node.kept("pcihole64", controller.kept);
    }
    node.child("master").attribute("startport", controller.master_start_port);
    describe_info(node, controller.info);
    if constexpr (is_reader<Node>) check(node, controller);
}

} // namespace vireo::model::domain
