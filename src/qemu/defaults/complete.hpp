// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"
#include "qemu/capabilities/capabilities.hpp"

namespace vireo::qemu {

/// The boards that this version knows how to wire; others have only what is on them.
enum class Board { I440fx, Q35, Virt, Pseries, S390, Other };
Board board_of(std::string_view machine);
bool is_arm(std::string_view arch);
/// Whether its PCI buses begin at a PCI Express root complex.
bool has_express(Board board);

/// The emulator that a domain names, or the one of its architecture (`host_arch` when it names none).
std::string emulator_of(const model::domain::Domain& domain, std::string_view host_arch);

/// What is completed: a definition that was sent as a whole, or one after a device came or went. The
/// controllers that a disk brings along are checked for the machine in the former only, as libvirt does.
enum class Occasion {
    Definition,
    DeviceChange,
    DeviceTrial, ///< a change that will not be: whether the device could be there at all
};

/// Fills in what the user left to the hypervisor: canonical machine type, emulator, CPU, implicit devices and
/// controllers, models and addresses, as libvirt's QEMU driver does when a domain is defined. Doing it again
/// changes nothing. Throws ConfigUnsupported, XmlError, … (the codes of libvirt) for what cannot be.
void complete(model::domain::Domain& domain, const Capabilities& capabilities,
              Occasion occasion = Occasion::Definition);

/// Throws ConfigUnsupported for IDE where the machine has none, XmlDetail for USB companions of nobody.
void check_controllers(const model::domain::Domain& domain);

} // namespace vireo::qemu
