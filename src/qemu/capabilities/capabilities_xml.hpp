// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uuid.hpp"
#include "host/caches.hpp"
#include "host/cpu.hpp"
#include "host/topology.hpp"
#include "qemu/capabilities/capabilities.hpp"

#include <memory>
#include <string>
#include <vector>

namespace vireo::qemu {

/// A way in which guests are kept apart ("dac", "apparmor"), and the label that each type of domain starts
/// with.
struct SecurityModel {
    std::string name;
    std::string doi = "0";                                        ///< domain of interpretation
    std::vector<std::pair<std::string, std::string>> base_labels; ///< domain type, label
};

struct HostDescription {
    Uuid uuid;
    host::Topology topology;
    host::Cpu cpu;
    /// Sizes of pages that guests' memory can be made of, and in each cell of the topology how many there
    /// are of each size.
    std::vector<MemorySize> page_sizes;
    std::vector<std::vector<std::uint64_t>> pages_of_cells;
    std::vector<host::CacheBank> cache_banks;
    bool has_iommu = false;
    std::vector<SecurityModel> security_models;
    bool kvm_usable = false; ///< see host::find_kvm
};

/// What the kernel tells. Blocks.
HostDescription read_host();

/// The document of virConnectGetCapabilities (libvirt's formatcaps): the host, and a guest per emulator.
std::string format_capabilities(const HostDescription& host,
                                const std::vector<std::shared_ptr<const Capabilities>>& emulators);

} // namespace vireo::qemu
