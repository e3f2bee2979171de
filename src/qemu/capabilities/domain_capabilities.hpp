// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "qemu/capabilities/capabilities.hpp"
#include "qemu/firmware.hpp"

#include <string>
#include <vector>

namespace vireo::qemu {

/// What decides about the guests that one emulator can run as one machine type.
struct GuestChoices {
    const Capabilities& emulator;
    const MachineType& machine;
    bool kvm = false;                ///< under KVM, else under TCG
    bool vfio = false;               ///< the host can pass its PCI devices on
    bool tpm_emulator = false;       ///< swtpm is installed
    std::vector<Firmware> firmwares; ///< installed, for whatever machine
};

/// The document of virConnectGetDomainCapabilities (libvirt's formatdomaincaps). Looks whether files of
/// firmware exist, and so blocks for a moment.
std::string format_domain_capabilities(const GuestChoices& guest);

} // namespace vireo::qemu
