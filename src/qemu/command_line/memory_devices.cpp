// SPDX-License-Identifier: Apache-2.0
// Memory that is plugged in: modules, persistent memory, memory that grows.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// Modules have whole pages of the guest's largest kind that Linux plugs in.
std::uint64_t module_size(MemorySize size, std::string_view arch) {
    constexpr std::uint64_t mib = 1U << 20;
    std::uint64_t unit = arch.starts_with("ppc64") ? 256 * mib : is_x86(arch) || is_arm(arch) ? 2 * mib : mib;
    return (size.in_bytes() + unit - 1) / unit * unit;
}

/// "0-1,3" as a list.
json::array list_of(std::string_view set) {
    json::array list;
    while (!set.empty()) {
        auto item = set.substr(0, set.find(','));
        set.remove_prefix(std::min(set.size(), item.size() + 1));
        auto dash = item.find('-');
        auto first = std::stoul(std::string{item.substr(0, dash)});
        auto last = dash == item.npos ? first : std::stoul(std::string{item.substr(dash + 1)});
        for (auto node = first; node <= last; ++node) list.push_back(node);
    }
    return list;
}

json::object file_backend(const Memory& memory) {
    json::object object{{"qom-type", "memory-backend-file"}};
    object["mem-path"] = memory.path;
    if (memory.access) object["share"] = *memory.access == MemoryAccess::Shared;
    bool prealloc = memory.model == MemoryModel::Nvdimm && !memory.persistent;
    if (prealloc) object["prealloc"] = true;
    if (memory.alignment) object["align"] = memory.alignment->in_bytes();
    if (memory.persistent) object["pmem"] = true;
    return object;
}

std::string_view driver_of(MemoryModel model) {
    switch (model) {
    case MemoryModel::Dimm: return "pc-dimm";
    case MemoryModel::Nvdimm: return "nvdimm";
    case MemoryModel::VirtioPmem: return "virtio-pmem-pci";
    case MemoryModel::VirtioMem: return "virtio-mem-pci";
    case MemoryModel::SgxEpc: break;
    }
    throw error(ErrorCode::ConfigUnsupported, "memory of model 'sgx-epc' is not there in this QEMU");
}
} // namespace

/// Where it comes from on the host: what the device says of it, else what all memory is.
json::object CommandLineBuilder::memory_device_backend(const Memory& memory, std::uint64_t bytes) const {
    if (!memory.path.empty()) {
        auto object = file_backend(memory);
        object["size"] = bytes;
        return object;
    }
    NumaCell like; // of the guest's node, with the choices of the device
    like.id = memory.node;
    like.access = memory.access;
    like.discard = memory.discard;
    auto object = memory_backend("mem" + memory.info.alias, bytes, &like);
    bool huge = domain_.memory_backing && domain_.memory_backing->huge_pages;
    if (object.contains("mem-path") && !huge)
        object["mem-path"] = (context_.memory_directory / memory.info.alias).native();
    if (memory.page_size && memory.page_size->in_bytes() != static_cast<std::uint64_t>(::getpagesize())) {
        object["qom-type"] = "memory-backend-file";
        object["mem-path"] = (context_.huge_pages / context_.memory_directory.filename()).native();
        object["prealloc"] = true;
    }
    if (!memory.nodes.empty()) {
        object["host-nodes"] = list_of(memory.nodes);
        object["policy"] = "bind";
    }
    return object;
}

void CommandLineBuilder::add_memory_device(const Memory& memory) {
    auto bytes = module_size(memory.size, domain_.os.arch);
    auto backend = memory_device_backend(memory, bytes);
    auto id = "mem" + memory.info.alias;
    json::object device{{"driver", driver_of(memory.model)}};
    require_device(driver_of(memory.model));
    if (memory.node) device["node"] = *memory.node;
    if (memory.label_size) device["label-size"] = memory.label_size->in_bytes();
    if (memory.readonly) device["unarmed"] = true;
    if (memory.model == MemoryModel::VirtioMem) {
        backend["reserve"] = false; // the host gives it as the guest takes it
        if (backend.erase("prealloc") != 0) device["prealloc"] = true;
        backend.erase("prealloc-threads");
        device["block-size"] = memory.block->in_bytes();
        if (memory.requested != MemorySize{}) device["requested-size"] = memory.requested->in_bytes();
    }
    backend["id"] = id;
    option("-object", backend);
    device["memdev"] = id;
    device["id"] = memory.info.alias;
    if (const auto* place = std::get_if<OtherAddress>(&memory.info.address)) {
        if (place->slot) device["slot"] = *place->slot;
        if (place->base) device["addr"] = *place->base;
    }
    put_address(device, memory.info);
    option("-device", device);
}

} // namespace vireo::qemu
