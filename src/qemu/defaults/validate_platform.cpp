// SPDX-License-Identifier: Apache-2.0
// What a machine of QEMU cannot have of memory devices, TPMs, IOMMUs and shared memory.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
void require(bool holds, const std::string& otherwise) {
    if (!holds) throw error(ErrorCode::ConfigUnsupported, otherwise);
}

void check_iommu(const Domain& domain, const Iommu& iommu) {
    auto board = board_of(domain.os.machine);
    bool is_arm_virt = board == Board::Virt && is_arm(domain.os.arch);
    bool has_pci_place = std::holds_alternative<PciAddress>(iommu.info.address);
    switch (iommu.model) {
    case IommuModel::Intel: {
        require(board == Board::Q35, "an IOMMU of model 'intel' needs machine type q35");
        bool split = domain.features && domain.features->ioapic == IoapicDriver::Qemu;
        require(iommu.intremap != Switch::On || split,
                "remapping of interrupts needs <ioapic driver='qemu'/> among the features");
        break;
    }
    case IommuModel::Smmuv3:
        require(is_arm_virt, "an IOMMU of model 'smmuv3' needs machine type virt of ARM");
        break;
    case IommuModel::Virtio:
        require(board == Board::Q35 || is_arm_virt,
                "an IOMMU of model 'virtio' needs machine type q35 or virt");
        require(has_pci_place, "an IOMMU of model 'virtio' has an address of type 'pci'");
        require(domain.features && domain.features->acpi,
                "an IOMMU of model 'virtio' needs <acpi/> among the features");
        break;
    }
}

void check_shmem(const Shmem& shmem) {
    auto fail = [&](const char* what) {
        throw error(ErrorCode::ConfigUnsupported, fmt::format("shared memory {}: {}", shmem.name, what));
    };
    switch (shmem.model) {
    case ShmemModel::Ivshmem:
        fail("this QEMU has no model 'ivshmem'; take 'ivshmem-plain' or 'ivshmem-doorbell'");
        break;
    case ShmemModel::Plain:
        if (shmem.server) fail("model 'ivshmem-plain' has no <server>");
        break;
    case ShmemModel::Doorbell:
        if (!shmem.server) fail("model 'ivshmem-doorbell' needs a <server>");
        if (shmem.size) fail("the server of model 'ivshmem-doorbell' decides the size");
        break;
    }
}

void check_memory(const Domain& domain, const Memory& memory) {
    auto name = name_of(memory.model);
    auto cells = domain.cpu ? domain.cpu->numa.size() : 0;
    require(domain.max_memory.has_value(),
            fmt::format("memory of model '{}' needs <maxMemory slots=…>", name));
    require(memory.model != MemoryModel::SgxEpc, "memory of model 'sgx-epc' is not there in this QEMU");
    bool needs_node = memory.model != MemoryModel::VirtioPmem && cells != 0;
    require(!needs_node || memory.node.has_value(),
            fmt::format("memory of model '{}' needs the guest's NUMA node: <target><node>", name));
    if (memory.node && cells != 0 && *memory.node >= cells)
        throw Error(ErrorCode::XmlDetail, ErrorDomain::Domain,
                    fmt::format("memory of model '{}' is for NUMA node {}, the guest has {}", name,
                                *memory.node, cells));
    require(!memory.uuid || domain.os.arch.starts_with("ppc64"), "memory has a <uuid> on ppc64 only");
}

void check_slots(const Domain& domain) {
    std::set<std::uint32_t> taken;
    for (const auto& memory : domain.devices.memories) {
        const auto* place = std::get_if<OtherAddress>(&memory.info.address);
        if (!memory.is_module() || place == nullptr || !place->slot || !domain.max_memory) continue;
        require(*place->slot < domain.max_memory->slots,
                fmt::format("memory is in slot {}, but there are {} slots", *place->slot,
                            domain.max_memory->slots));
        require(taken.insert(*place->slot).second, fmt::format("slot {} has two memories", *place->slot));
    }
}

void check_most_memory(const Domain& domain) {
    if (!domain.max_memory) return;
    auto fail = [](const char* what) { throw Error(ErrorCode::XmlError, ErrorDomain::Domain, what); };
    if (domain.max_memory->slots == 0) fail("<maxMemory> needs the number of slots");
    if (domain.max_memory->size < domain.memory) fail("<maxMemory> is below the memory that there is");
}

void check_tpms(const Domain& domain) {
    bool has_x86_models = is_x86(domain.os.arch);
    bool is_ppc = domain.os.arch.starts_with("ppc64");
    for (const auto& tpm : domain.devices.tpms) {
        bool there = tpm.model == TpmModel::Tis   ? has_x86_models || is_arm(domain.os.arch)
                     : tpm.model == TpmModel::Crb ? has_x86_models
                                                  : is_ppc;
        require(there,
                fmt::format("QEMU has no TPM of model '{}' for {}", name_of(*tpm.model), domain.os.arch));
        bool is_modern = tpm.model == TpmModel::Crb || tpm.model == TpmModel::Spapr;
        require(tpm.version != TpmVersion::V12 || !is_modern,
                fmt::format("a TPM of model '{}' is of version 2.0", name_of(*tpm.model)));
    }
}
} // namespace

void check_platform(const Domain& domain) {
    const auto& devices = domain.devices;
    for (const auto& iommu : devices.iommus) check_iommu(domain, iommu);
    for (const auto& shmem : devices.shared_memories) check_shmem(shmem);
    check_most_memory(domain);
    for (const auto& memory : devices.memories) check_memory(domain, memory);
    check_slots(domain);
    check_tpms(domain);
    require(devices.nvrams.empty() || domain.os.arch.starts_with("ppc64"),
            "an <nvram> device is for ppc64 only");
}

} // namespace vireo::qemu
