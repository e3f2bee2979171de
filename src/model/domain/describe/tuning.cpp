// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<IoThread> auto& thread) {
    node.attribute("id", thread.id, xml::required)
        .attribute("thread_pool_min", thread.pool_min)
        .attribute("thread_pool_max", thread.pool_max);
    if constexpr (is_reader<Node>) {
        if (thread.id == 0) node.fail("id", ErrorCode::XmlError, "iothreads are numbered from 1");
    }
}

template <class Node> void describe(Node& node, Of<HugePage> auto& page) {
    node.sized_attribute("size", page.size, xml::required).attribute("nodeset", page.nodeset);
    if constexpr (is_reader<Node>) {
        if (page.size == MemorySize{})
            node.fail("size", ErrorCode::XmlDetail, "a page is larger than nothing");
        if (!is_cpu_set(page.nodeset))
            node.fail("nodeset", ErrorCode::InvalidArgument,
                      "a list of NUMA nodes such as '0-3,5' is needed");
    }
}

/// <memoryBacking> (libvirt's formatdomain, "Memory Backing").
template <class Node> void describe(Node& node, Of<MemoryBacking> auto& backing) {
    if constexpr (is_reader<Node>) {
        auto pages = node.child("hugepages");
        backing.huge_pages = pages.exists();
        pages.children("page", backing.pages);
    } else if (backing.huge_pages) {
        auto pages = node.child("hugepages");
        pages.open();
        pages.children("page", backing.pages);
    }
    node.flag("nosharepages", backing.no_share_pages).flag("locked", backing.locked);
    node.child("source").attribute("type", backing.source);
    node.child("access").attribute("mode", backing.access);
    node.child("allocation")
        .attribute("mode", backing.allocation)
        .attribute("threads", backing.allocation_threads);
    node.flag("discard", backing.discard);
}

template <class Node> void describe(Node& node, Of<NumaCell::Distance> auto& distance) {
    node.attribute("id", distance.id, xml::required).attribute("value", distance.value, xml::required);
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
    node.kept("cache", cell.kept);
    if constexpr (is_reader<Node>) {
        if (!is_cpu_set(cell.cpus))
            node.fail("cpus", ErrorCode::InvalidArgument, "a list of processors such as '0-3,8' is needed");
    }
}

template <class Node> void describe(Node& node, Of<SystemInfo::Entry> auto& entry) {
    node.attribute("name", entry.name).text(entry.value);
}

template <class Node> void describe(Node& node, Of<SystemInfo::Block> auto& block) {
    node.children("entry", block.entries);
}

/// <sysinfo> (libvirt's formatdomain, "SMBIOS System Information").
template <class Node> void describe(Node& node, Of<SystemInfo> auto& info) {
    node.attribute("type", info.type, xml::required);
    if (info.type != "smbios") {
        node.kept("entry", info.kept);
        return;
    }
    node.child("bios", info.bios)
        .child("system", info.system)
        .children("baseBoard", info.base_boards)
        .child("chassis", info.chassis);
    if constexpr (is_reader<Node>) {
        std::vector<SystemInfo::Entry> entries;
        node.child("oemStrings").children("entry", entries);
        for (auto& entry : entries) info.oem_strings.push_back(std::move(entry.value));
        check(node, info);
    } else {
        auto strings = node.child("oemStrings");
        for (const auto& text : info.oem_strings) strings.child("entry", text);
    }
}

template void describe(xml::Reader&, IoThread&);
template void describe(xml::Writer&, const IoThread&);
template void describe(xml::Survey&, const IoThread&);
template void describe(xml::Reader&, MemoryBacking&);
template void describe(xml::Writer&, const MemoryBacking&);
template void describe(xml::Survey&, const MemoryBacking&);
template void describe(xml::Reader&, NumaCell&);
template void describe(xml::Writer&, const NumaCell&);
template void describe(xml::Survey&, const NumaCell&);
template void describe(xml::Reader&, SystemInfo&);
template void describe(xml::Writer&, const SystemInfo&);
template void describe(xml::Survey&, const SystemInfo&);

} // namespace vireo::model::domain
