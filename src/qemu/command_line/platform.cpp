// SPDX-License-Identifier: Apache-2.0
// TPMs, IOMMUs, crypto cards, shared memory.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace vireo::qemu {

using namespace model::domain;

/// What the board itself has to know of its devices, as options of the machine.
std::string CommandLineBuilder::platform_of_machine() const {
    std::string options;
    auto is_nvdimm = [](const Memory& memory) { return memory.model == MemoryModel::Nvdimm; };
    if (std::ranges::any_of(devices_.memories, is_nvdimm)) options += ",nvdimm=on";
    auto is_smmu = [](const Iommu& iommu) { return iommu.model == IommuModel::Smmuv3; };
    if (std::ranges::any_of(devices_.iommus, is_smmu)) options += ",iommu=smmuv3";
    return options;
}

void CommandLineBuilder::add_iommus() {
    auto text = [](Switch value) { return name_of(value); };
    for (const auto& iommu : devices_.iommus) {
        if (iommu.model == IommuModel::Smmuv3) continue; // of the board
        bool is_intel = iommu.model == IommuModel::Intel;
        auto driver = is_intel ? std::string_view{"intel-iommu"} : "virtio-iommu";
        require_device(is_intel ? "intel-iommu" : "virtio-iommu-pci");
        json::object device{{"driver", driver}, {"id", iommu.info.alias}};
        if (iommu.intremap) device["intremap"] = text(*iommu.intremap);
        if (iommu.caching_mode) device["caching-mode"] = *iommu.caching_mode == Switch::On;
        if (iommu.eim) device["eim"] = text(*iommu.eim);
        if (iommu.iotlb) device["device-iotlb"] = *iommu.iotlb == Switch::On;
        if (iommu.address_bits) device["aw-bits"] = *iommu.address_bits;
        put_address(device, iommu.info);
        option("-device", device);
    }
}

void CommandLineBuilder::add_tpm(const Tpm& tpm) {
    if (tpm.model == TpmModel::SpaprProxy) {
        require_device("spapr-tpm-proxy");
        json::object proxy{{"driver", "spapr-tpm-proxy"}, {"id", tpm.info.alias}};
        proxy["host-path"] = tpm.device;
        return option("-device", proxy);
    }
    auto id = "tpm-" + tpm.info.alias;
    if (tpm.backend == TpmBackend::Passthrough) {
        option("-tpmdev", fmt::format("passthrough,id={},path={}", id, escape(tpm.device)));
    } else {
        auto socket =
            tpm.backend == TpmBackend::External ? tpm.socket : (context_.directory / "swtpm.sock").native();
        option("-chardev", fmt::format("socket,id=chrtpm,path={}", escape(socket)));
        option("-tpmdev", fmt::format("emulator,id={},chardev=chrtpm", id));
    }
    bool on_arm = is_arm(domain_.os.arch) && tpm.model == TpmModel::Tis;
    auto driver = on_arm ? std::string{"tpm-tis-device"} : std::string{name_of(*tpm.model)};
    require_device(driver);
    json::object device{{"driver", driver}, {"tpmdev", id}, {"id", tpm.info.alias}};
    put_address(device, tpm.info);
    option("-device", device);
}

void CommandLineBuilder::add_crypto(const Crypto& crypto) {
    auto backend = "obj" + crypto.info.alias;
    json::object object{{"qom-type", fmt::format("cryptodev-backend-{}", name_of(crypto.backend))},
                        {"id", backend}};
    if (crypto.queues) object["queues"] = *crypto.queues;
    option("-object", object);
    auto driver = virtio_device("virtio-crypto", "", crypto.info);
    require_device(driver);
    json::object device{{"driver", driver}, {"cryptodev", backend}, {"id", crypto.info.alias}};
    put_virtio(device, crypto.virtio);
    put_address(device, crypto.info);
    option("-device", device);
}

namespace {
std::uint64_t shared_size(const Shmem& shmem) {
    constexpr std::uint64_t least = 1U << 20;
    auto bytes = shmem.size.value_or(MemorySize{}).in_bytes();
    if (bytes < least || !std::has_single_bit(bytes))
        throw error(ErrorCode::XmlError,
                    fmt::format("shared memory {}: its size is a power of two, from 1 MiB on", shmem.name));
    return bytes;
}
} // namespace

void CommandLineBuilder::add_shared_memory(const Shmem& shmem) {
    require_device(name_of(shmem.model));
    if (!std::holds_alternative<PciAddress>(shmem.info.address))
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("shared memory {}: its address is of type 'pci'", shmem.name));
    json::object device{{"driver", name_of(shmem.model)}, {"id", shmem.info.alias}};
    if (shmem.model == ShmemModel::Plain) {
        auto id = "shmmem-" + shmem.info.alias;
        json::object object{{"qom-type", "memory-backend-file"}, {"id", id}};
        object["mem-path"] = "/dev/shm/" + shmem.name;
        object["size"] = shared_size(shmem);
        object["share"] = true;
        option("-object", object);
        device["memdev"] = id;
        if (shmem.role) device["master"] = *shmem.role == ShmemRole::Master ? "on" : "off";
    } else {
        auto socket = shmem.server->path.empty() ? fmt::format("/var/lib/libvirt/shmem-{}-sock", shmem.name)
                                                 : shmem.server->path;
        option("-chardev", fmt::format("socket,id=char{},path={}", shmem.info.alias, escape(socket)));
        device["chardev"] = "char" + shmem.info.alias;
        if (shmem.interrupts->vectors) device["vectors"] = *shmem.interrupts->vectors;
        device["ioeventfd"] = shmem.interrupts->ioeventfd == Switch::On;
    }
    put_address(device, shmem.info);
    option("-device", device);
}

} // namespace vireo::qemu
