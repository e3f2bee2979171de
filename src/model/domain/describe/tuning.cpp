// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/elements.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

#include <algorithm>

namespace vireo::model::domain {

template <class Node> void describe(Node& node, Of<IoThread> auto& thread) {
    node.attribute("id", thread.id, xml::required)
        .attribute("thread_pool_min", thread.pool_min)
        .attribute("thread_pool_max", thread.pool_max);
    if constexpr (is_reader<Node>) {
        if (thread.id == 0) node.fail("id", ErrorCode::XmlError, "iothreads are numbered from 1");
    }
}

template <class Node> void describe(Node& node, Of<DefaultIoThread> auto& thread) {
    node.attribute("thread_pool_min", thread.pool_min).attribute("thread_pool_max", thread.pool_max);
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
        backing.huge_pages = node.child("hugepages").exists();
        node.for_each_child("hugepages", [&](auto pages) { pages.children("page", backing.pages); });
        auto is_for_all = [](const HugePage& page) { return page.nodeset.empty(); };
        if (std::ranges::count_if(backing.pages, is_for_all) > 1)
            node.fail(nullptr, ErrorCode::XmlDetail,
                      "two pages have no nodeset: which one is for all nodes?");
    } else if (backing.huge_pages) {
        auto pages = node.child("hugepages");
        pages.open();
        pages.children("page", backing.pages);
    }
    node.flag("nosharepages", backing.no_share_pages).flag("locked", backing.locked);
    node.child("source").attribute("type", backing.source, xml::wrong_is_unsupported);
    node.child("access").attribute("mode", backing.access, xml::wrong_is_unsupported);
    node.child("allocation")
        .attribute("mode", backing.allocation, xml::wrong_is_unsupported)
        .attribute("threads", backing.allocation_threads);
    node.flag("discard", backing.discard);
}

template <class Node> void describe(Node& node, Of<SystemInfo::Entry> auto& entry) {
    node.attribute("name", entry.name).text(entry.value);
}

template <class Node> void describe(Node& node, Of<SystemInfo::Block> auto& block) {
    node.children("entry", block.entries);
}

template <class Node> void describe(Node& node, Of<SystemInfo::File> auto& file) {
    node.attribute("name", file.name, xml::required).attribute("file", file.path).text(file.value);
    if constexpr (is_reader<Node>) {
        if (file.path.empty() && file.value.empty())
            node.fail(nullptr, ErrorCode::XmlError, "a text or the attribute 'file' is needed");
    }
}

namespace {
/// Texts of the manufacturer; an empty one is one too.
template <class Node> void describe_oem_strings(Node& node, auto& texts) {
    if constexpr (is_reader<Node>) {
        auto read = [&](auto entry) { entry.text(texts.emplace_back()); };
        node.child("oemStrings").for_each_child("entry", read);
    } else {
        auto strings = node.child("oemStrings");
        for (const auto& text : texts) {
            auto entry = strings.child("entry");
            entry.open();
            entry.text(text);
        }
    }
}
} // namespace

/// <sysinfo> (libvirt's formatdomain, "SMBIOS System Information").
template <class Node> void describe(Node& node, Of<SystemInfo> auto& info) {
    node.attribute("type", info.type, xml::required);
    if constexpr (is_reader<Node>) {
        if (info.type != "smbios" && info.type != "fwcfg")
            node.fail("type", ErrorCode::XmlError, "known types are 'smbios' and 'fwcfg'");
    }
    if (info.type == "fwcfg") {
        node.children("entry", info.files);
        return;
    }
    node.child("bios", info.bios)
        .child("system", info.system)
        .children("baseBoard", info.base_boards)
        .child("chassis", info.chassis);
    describe_oem_strings(node, info.oem_strings);
    if constexpr (is_reader<Node>) settle(node, info);
}

template void describe(xml::Reader&, IoThread&);
template void describe(xml::Writer&, const IoThread&);
template void describe(xml::Survey&, const IoThread&);
template void describe(xml::Reader&, MemoryBacking&);
template void describe(xml::Writer&, const MemoryBacking&);
template void describe(xml::Survey&, const MemoryBacking&);
template void describe(xml::Reader&, DefaultIoThread&);
template void describe(xml::Writer&, const DefaultIoThread&);
template void describe(xml::Survey&, const DefaultIoThread&);
template void describe(xml::Reader&, SystemInfo&);
template void describe(xml::Writer&, const SystemInfo&);
template void describe(xml::Survey&, const SystemInfo&);

} // namespace vireo::model::domain
