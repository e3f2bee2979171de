// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

template <class Node> void describe_target(Node node, auto& target) {
    node.attribute("chassisNr", target.chassis_nr)
        .attribute("chassis", target.chassis)
        .hex_attribute("port", target.port, 1)
        .attribute("busNr", target.bus_nr)
        .attribute("index", target.index)
        .attribute("hotplug", target.hotplug)
        .child("node", target.node);
}

/// <controller> (libvirt's formatdomain, "Controllers").
template <class Node> void describe(Node& node, Of<Controller> auto& controller) {
    node.attribute("type", controller.type)
        .attribute("index", controller.index)
        .attribute("model", controller.model)
        .attribute("ports", controller.ports)
        .attribute("vectors", controller.vectors)
        .kept_attributes({"maxGrantFrames", "maxEventChannels"}, controller.kept)
        .single("model")
        .single("target");
    {
        auto driver = node.child("driver");
        driver.attribute("queues", controller.queues)
            .attribute("cmd_per_lun", controller.cmd_per_lun)
            .attribute("max_sectors", controller.max_sectors)
            .attribute("ioeventfd", controller.ioeventfd)
            .attribute("iothread", controller.iothread);
        describe_virtio(driver, controller.virtio);
    }
    if (controller.type == ControllerType::Pci) {
        node.child("model").attribute("name", controller.pci_model_name);
        describe_target(node.child("target"), controller.pci_target);
        node.memory("pcihole64", controller.pci_hole64);
    }
    node.child("master").attribute("startport", controller.master_start_port);
    if constexpr (is_reader<Node>) {
        if (node.child("master").exists() && !controller.master_start_port) controller.master_start_port = 0;
    }
    describe_info(node, controller.info);
    if constexpr (is_reader<Node>) check(node, controller);
}

template void describe(xml::Reader&, Controller&);
template void describe(xml::Writer&, const Controller&);
template void describe(xml::Survey&, const Controller&);

} // namespace vireo::model::domain
