// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uuid.hpp"
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
    std::vector<SecurityModel> security_models;
    bool kvm_usable = false; ///< see host::find_kvm
};

/// The document of virConnectGetCapabilities (libvirt's formatcaps): the host, and a guest per emulator.
std::string format_capabilities(const HostDescription& host,
                                const std::vector<std::shared_ptr<const Capabilities>>& emulators);

} // namespace vireo::qemu
