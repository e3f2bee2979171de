// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "model/domain/find_twice.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

#include <algorithm>

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<NumaCell::Distance> auto& distance) {
    node.attribute("id", distance.id, xml::required).attribute("value", distance.value, xml::required);
}

template <class Node> void describe(Node& node, Of<NumaCache> auto& cache) {
    node.attribute("level", cache.level, xml::required)
        .attribute("associativity", cache.associativity, xml::required)
        .attribute("policy", cache.policy, xml::required);
    node.child("size").sized_attribute("value", cache.size, xml::required);
    node.child("line").sized_attribute("value", cache.line, xml::required, "B");
}

/// <cell> of <numa> (libvirt's formatdomain, "Guest NUMA topology").
template <class Node> void describe(Node& node, Of<NumaCell> auto& cell) {
    node.attribute("id", cell.id)
        .attribute("cpus", cell.cpus)
        .sized_attribute("memory", cell.memory, xml::required)
        .attribute("memAccess", cell.access)
        .attribute("discard", cell.discard);
    {
        auto distances = node.child("distances");
        distances.children("sibling", cell.distances);
    }
    node.children("cache", cell.caches);
    if constexpr (is_reader<Node>) {
        if (std::ranges::find(cell.caches, 0U, &NumaCache::level) != cell.caches.end())
            node.fail(nullptr, ErrorCode::XmlError, "levels of caches are counted from 1");
        if (!is_cpu_set(cell.cpus))
            node.fail("cpus", ErrorCode::InvalidArgument, "a list of processors such as '0-3,8' is needed");
        if (const auto* twice = find_twice(cell.caches, &NumaCache::level))
            node.fail(nullptr, ErrorCode::XmlError,
                      fmt::format("there are several caches of level {}", twice->level));
    }
}

template <class Node> void describe(Node& node, Of<NumaInterconnect> auto& interconnect) {
    node.attribute("initiator", interconnect.initiator, xml::required)
        .attribute("target", interconnect.target, xml::required)
        .attribute("cache", interconnect.cache)
        .attribute("type", interconnect.type, xml::required);
}

template <class Node> void describe(Node& node, Of<NumaLatency> auto& latency) {
    describe(node, latency.between);
    node.attribute("value", latency.value, xml::required);
}

template <class Node> void describe(Node& node, Of<NumaBandwidth> auto& bandwidth) {
    describe(node, bandwidth.between);
    node.sized_attribute("value", bandwidth.value, xml::required);
}

template <class Node> void describe_guest_numa(Node node, auto& cpu) {
    node.children("cell", cpu.numa);
    auto interconnects = node.child("interconnects");
    interconnects.children("latency", cpu.numa_latencies).children("bandwidth", cpu.numa_bandwidths);
}

template <class Node> void describe(Node& node, Of<NumaTuning::Memory> auto& memory) {
    node.attribute("mode", memory.mode, xml::wrong_is_unsupported);
    if (is_reader<Node> || memory.placement != Placement::Auto) node.attribute("nodeset", memory.nodes);
    if (is_reader<Node> || memory.placement == Placement::Auto)
        node.attribute("placement", memory.placement, xml::wrong_is_unsupported);
    if constexpr (is_reader<Node>) read_node_set(node, memory.nodes);
}

template <class Node> void describe(Node& node, Of<NumaTuning::Node> auto& memory) {
    node.attribute("cellid", memory.cell, xml::required)
        .attribute("mode", memory.mode)
        .attribute("nodeset", memory.nodes, xml::required);
    if constexpr (is_reader<Node>) read_node_set(node, memory.nodes);
}

/// <numatune> (libvirt's formatdomain, "NUMA Node Tuning").
template <class Node> void describe(Node& node, Of<NumaTuning> auto& tuning) {
    if constexpr (requires { node.unsupported(); }) {
        // QEMU can bind memory, but only a control group makes nodes forbidden
        bool is_restrictive = tuning.memory && tuning.memory->mode == NumaMode::Restrictive;
        if (is_restrictive || tuning.is_automatic()) node.unsupported();
    }
    node.child("memory", tuning.memory).children("memnode", tuning.nodes);
}

template void describe_guest_numa(xml::Reader, Cpu&);
template void describe_guest_numa(xml::Writer, const Cpu&);
template void describe_guest_numa(xml::Survey, const Cpu&);
template void describe(xml::Reader&, NumaTuning&);
template void describe(xml::Writer&, const NumaTuning&);
template void describe(xml::Survey&, const NumaTuning&);

} // namespace vireo::model::domain
