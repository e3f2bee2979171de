// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "base/uuid.hpp"
#include "model/domain/device_info.hpp"
#include "model/domain/tuning.hpp"

// Memory that is a device: modules, persistent memory, memory that grows and shrinks.

namespace vireo::model::domain {

enum class MemoryModel { Dimm, Nvdimm, VirtioPmem, VirtioMem, SgxEpc };
constexpr auto names_of(MemoryModel) {
    using enum MemoryModel;
    return std::to_array<std::pair<MemoryModel, std::string_view>>({{Dimm, "dimm"},
                                                                    {Nvdimm, "nvdimm"},
                                                                    {VirtioPmem, "virtio-pmem"},
                                                                    {VirtioMem, "virtio-mem"},
                                                                    {SgxEpc, "sgx-epc"}});
}

/// <memory> among the devices (libvirt's formatdomain, "Memory devices").
struct Memory {
    MemoryModel model = MemoryModel::Dimm;
    std::optional<MemoryAccess> access;
    std::optional<Answer> discard;
    std::optional<Uuid> uuid; ///< of an nvdimm on ppc64
    std::string nodes;        ///< the host's NUMA nodes that it comes from; empty: any
    std::optional<MemorySize> page_size;
    std::string path; ///< of nvdimm and virtio-pmem: what holds its content
    std::optional<MemorySize> alignment;
    bool persistent = false; ///< <pmem>: `path` is persistent memory itself
    MemorySize size;
    std::optional<std::uint32_t> node;    ///< the guest's NUMA node
    std::optional<MemorySize> label_size; ///< of nvdimm: its namespaces' labels
    bool readonly = false;
    std::optional<MemorySize> block, requested; ///< of virtio-mem: its grain; how much of it is there
    DeviceInfo info;
    /// It sits in a slot of the board.
    bool is_module() const { return model == MemoryModel::Dimm || model == MemoryModel::Nvdimm; }
    bool is_virtio() const { return model == MemoryModel::VirtioPmem || model == MemoryModel::VirtioMem; }
    friend bool operator==(const Memory&, const Memory&) = default;
};

} // namespace vireo::model::domain
