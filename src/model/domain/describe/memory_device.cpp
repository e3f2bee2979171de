// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

/// A set of the host's NUMA nodes; an empty one is none.
template <class Node> void describe_nodes(Node& node, auto& nodes) {
    node.child("nodemask", nodes);
    if constexpr (is_reader<Node>) {
        if (!is_cpu_set(nodes))
            node.child("nodemask")
                .fail(nullptr, ErrorCode::InvalidArgument, "a list of NUMA nodes such as '0-3,^2' is needed");
        nodes = canonical_cpu_set(nodes);
    }
}

template <class Node> void describe_memory_source(Node node, auto& memory) {
    bool in_file = memory.model == MemoryModel::Nvdimm || memory.model == MemoryModel::VirtioPmem;
    if (!in_file) {
        describe_nodes(node, memory.nodes);
        if (memory.model != MemoryModel::SgxEpc) node.memory("pagesize", memory.page_size);
        return;
    }
    node.child("path", memory.path);
    if (memory.model != MemoryModel::Nvdimm) return;
    node.memory("alignsize", memory.alignment).flag("pmem", memory.persistent);
}

template <class Node> void describe_memory_target(Node node, auto& memory) {
    if constexpr (is_reader<Node>) {
        if (!node.child("size").exists()) node.fail(nullptr, ErrorCode::XmlError, "there is no <size>");
    }
    node.memory("size", memory.size).child("node", memory.node);
    if (memory.model == MemoryModel::Nvdimm) {
        node.child("label").memory("size", memory.label_size);
        node.flag("readonly", memory.readonly);
    }
    if (memory.model != MemoryModel::VirtioMem) return;
    if constexpr (is_reader<Node>) {
        if (!memory.requested) memory.requested.emplace(); // nothing, at first
    }
    node.memory("block", memory.block).memory("requested", memory.requested);
}

/// <memory> of <devices> (libvirt's formatdomain, "Memory devices").
template <class Node> void describe(Node& node, Of<Memory> auto& memory) {
    node.attribute("model", memory.model, xml::required)
        .attribute("access", memory.access)
        .attribute("discard", memory.discard)
        .child("uuid", memory.uuid, xml::wrong_is_internal);
    describe_memory_source(node.child("source"), memory);
    if constexpr (is_reader<Node>) {
        if (!node.child("target").exists())
            node.fail(nullptr, ErrorCode::XmlError, "a <memory> needs a <target>");
    }
    describe_memory_target(node.child("target"), memory);
    describe_info(node, memory.info);
    if constexpr (is_reader<Node>) {
        if (memory.model == MemoryModel::VirtioPmem && !memory.access) memory.access = MemoryAccess::Shared;
        check(node, memory);
    }
}

template void describe(xml::Reader&, Memory&);
template void describe(xml::Writer&, const Memory&);
template void describe(xml::Survey&, const Memory&);

} // namespace vireo::model::domain
