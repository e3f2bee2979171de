// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "base/uuid.hpp"
#include "model/domain/device_info.hpp"

#include <vector>

// Devices of the platform around the processors: TPM, IOMMU, crypto cards, shared memory, leases.

namespace vireo::model::domain {

enum class TpmModel { Tis, Crb, Spapr, SpaprProxy };
constexpr auto names_of(TpmModel) {
    using enum TpmModel;
    return std::to_array<std::pair<TpmModel, std::string_view>>(
        {{Tis, "tpm-tis"}, {Crb, "tpm-crb"}, {Spapr, "tpm-spapr"}, {SpaprProxy, "spapr-tpm-proxy"}});
}

enum class TpmBackend { Passthrough, Emulator, External };
constexpr auto names_of(TpmBackend) {
    using enum TpmBackend;
    return std::to_array<std::pair<TpmBackend, std::string_view>>(
        {{Passthrough, "passthrough"}, {Emulator, "emulator"}, {External, "external"}});
}

enum class TpmVersion { V12, V20 };
constexpr auto names_of(TpmVersion) {
    using enum TpmVersion;
    return std::to_array<std::pair<TpmVersion, std::string_view>>({{V12, "1.2"}, {V20, "2.0"}});
}

/// The banks of measurements that a TPM 2.0 may keep.
enum class PcrBank { Sha1, Sha256, Sha384, Sha512 };
constexpr auto names_of(PcrBank) {
    using enum PcrBank;
    return std::to_array<std::pair<PcrBank, std::string_view>>(
        {{Sha1, "sha1"}, {Sha256, "sha256"}, {Sha384, "sha384"}, {Sha512, "sha512"}});
}

/// <tpm> (libvirt's formatdomain, "TPM device").
struct Tpm {
    std::optional<TpmModel> model; ///< absent until completed
    TpmBackend backend = TpmBackend::Passthrough;
    std::string device;                ///< of backend passthrough
    std::optional<TpmVersion> version; ///< of backend emulator; absent until completed
    std::optional<Uuid> secret;        ///< that the emulator's state is encrypted with
    std::optional<Answer> persistent_state;
    std::vector<PcrBank> active_banks;
    std::string socket; ///< of backend external: where the emulator listens
    DeviceInfo info;
    friend bool operator==(const Tpm&, const Tpm&) = default;
};

enum class IommuModel { Intel, Smmuv3, Virtio };
constexpr auto names_of(IommuModel) {
    using enum IommuModel;
    return std::to_array<std::pair<IommuModel, std::string_view>>(
        {{Intel, "intel"}, {Smmuv3, "smmuv3"}, {Virtio, "virtio"}});
}

/// <iommu> (libvirt's formatdomain, "IOMMU devices").
struct Iommu {
    IommuModel model = IommuModel::Intel;
    std::optional<Switch> intremap, caching_mode, eim, iotlb;
    std::optional<std::uint32_t> address_bits;
    DeviceInfo info;
    bool has_driver() const { return intremap || caching_mode || eim || iotlb || address_bits; }
    friend bool operator==(const Iommu&, const Iommu&) = default;
};

enum class CryptoModel { Virtio };
constexpr auto names_of(CryptoModel) {
    return std::to_array<std::pair<CryptoModel, std::string_view>>({{CryptoModel::Virtio, "virtio"}});
}

enum class CryptoType { Qemu };
constexpr auto names_of(CryptoType) {
    return std::to_array<std::pair<CryptoType, std::string_view>>({{CryptoType::Qemu, "qemu"}});
}

enum class CryptoBackend { Builtin, Lkcf };
constexpr auto names_of(CryptoBackend) {
    using enum CryptoBackend;
    return std::to_array<std::pair<CryptoBackend, std::string_view>>({{Builtin, "builtin"}, {Lkcf, "lkcf"}});
}

/// <crypto> (libvirt's formatdomain, "Crypto").
struct Crypto {
    CryptoModel model = CryptoModel::Virtio;
    CryptoType type = CryptoType::Qemu;
    CryptoBackend backend = CryptoBackend::Builtin;
    std::optional<std::uint32_t> queues;
    VirtioOptions virtio;
    DeviceInfo info;
    friend bool operator==(const Crypto&, const Crypto&) = default;
};

/// <nvram> among the devices: the variables of a pseries guest's firmware.
struct NvramDevice {
    DeviceInfo info;
    friend bool operator==(const NvramDevice&, const NvramDevice&) = default;
};

enum class ShmemModel { Ivshmem, Plain, Doorbell };
constexpr auto names_of(ShmemModel) {
    using enum ShmemModel;
    return std::to_array<std::pair<ShmemModel, std::string_view>>(
        {{Ivshmem, "ivshmem"}, {Plain, "ivshmem-plain"}, {Doorbell, "ivshmem-doorbell"}});
}

/// Whether the memory migrates with this guest.
enum class ShmemRole { Master, Peer };
constexpr auto names_of(ShmemRole) {
    using enum ShmemRole;
    return std::to_array<std::pair<ShmemRole, std::string_view>>({{Master, "master"}, {Peer, "peer"}});
}

/// <server>: who hands out the memory and the doorbells.
struct ShmemServer {
    std::string path; ///< empty: where libvirt's documents say
    friend bool operator==(const ShmemServer&, const ShmemServer&) = default;
};

/// <msi>: how the doorbells ring.
struct ShmemInterrupts {
    std::optional<std::uint32_t> vectors;
    std::optional<Switch> ioeventfd;
    friend bool operator==(const ShmemInterrupts&, const ShmemInterrupts&) = default;
};

/// <shmem>: memory that guests share (libvirt's formatdomain, "Shared memory device").
struct Shmem {
    std::string name;
    std::optional<ShmemRole> role;
    ShmemModel model = ShmemModel::Ivshmem;
    std::optional<MemorySize> size;
    std::optional<ShmemServer> server;
    std::optional<ShmemInterrupts> interrupts;
    DeviceInfo info;
    friend bool operator==(const Shmem&, const Shmem&) = default;
};

/// <lease>: a lock that a lock manager has to grant before the guest runs.
struct Lease {
    std::string lockspace, key, path;
    std::optional<std::uint64_t> offset; ///< in `path`, in bytes
    friend bool operator==(const Lease&, const Lease&) = default;
};

} // namespace vireo::model::domain
