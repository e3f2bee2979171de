// SPDX-License-Identifier: Apache-2.0
// What each model of memory device must fulfil, and what it cannot have.
#include "model/domain/describe/checks.hpp"

#include <bit>

namespace vireo::model::domain {

namespace {
void check_nvdimm(const xml::Reader& node, const Memory& memory) {
    constexpr auto smallest = MemorySize::kib(128);
    if (memory.path.empty())
        node.fail(nullptr, ErrorCode::XmlDetail, "memory of model 'nvdimm' needs <source><path>");
    if (memory.discard == Answer::Yes)
        node.fail("discard", ErrorCode::ConfigUnsupported, "what an nvdimm holds cannot be discarded");
    if (memory.label_size && *memory.label_size < smallest)
        node.child("target").fail(nullptr, ErrorCode::XmlError, "the labels take 128 KiB at least");
    if (memory.label_size && *memory.label_size >= memory.size)
        node.child("target").fail(nullptr, ErrorCode::XmlError, "the labels must leave room for data");
}

void check_persistent(const xml::Reader& node, const Memory& memory) {
    auto fail = [&](const char* what) { node.fail(nullptr, ErrorCode::ConfigUnsupported, what); };
    if (memory.path.empty())
        node.fail(nullptr, ErrorCode::XmlDetail, "memory of model 'virtio-pmem' needs <source><path>");
    if (memory.discard == Answer::Yes) fail("what a virtio-pmem device holds cannot be discarded");
    if (memory.access == MemoryAccess::Private) fail("a virtio-pmem device is of access 'shared'");
    if (memory.node) fail("a virtio-pmem device has no NUMA node");
}

void check_growing(const xml::Reader& node, const Memory& memory) {
    auto fail = [&](const std::string& what) { node.fail(nullptr, ErrorCode::XmlDetail, what); };
    constexpr auto smallest = MemorySize::kib(2048); // a huge page of x86
    auto block = memory.block.value_or(MemorySize{}), requested = memory.requested.value_or(MemorySize{});
    if (!std::has_single_bit(block.in_bytes())) fail("<block> must be a power of two");
    if (block < smallest) fail("<block> must be 2048 KiB at least");
    if (requested > memory.size) fail("<requested> must not be above <size>");
    if (requested.in_bytes() % block.in_bytes() != 0) fail("<requested> must be a multiple of <block>");
}
} // namespace

void check(const xml::Reader& node, const Memory& memory) {
    switch (memory.model) {
    case MemoryModel::Nvdimm: return check_nvdimm(node, memory);
    case MemoryModel::VirtioPmem: return check_persistent(node, memory);
    case MemoryModel::VirtioMem: return check_growing(node, memory);
    case MemoryModel::Dimm:
    case MemoryModel::SgxEpc: return;
    }
}

} // namespace vireo::model::domain
