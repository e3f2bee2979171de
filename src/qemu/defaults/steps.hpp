// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"
#include "qemu/capabilities/capabilities.hpp"
#include "qemu/defaults/complete.hpp"

#include <optional>

namespace vireo::qemu {

/// The steps of `complete`, in their order; each relies on those before it.
void complete_machine(model::domain::Domain& domain, const Capabilities& capabilities);
void complete_cpu(model::domain::Domain& domain, const Capabilities& capabilities);
void complete_disks(model::domain::Domain& domain);
void complete_devices(model::domain::Domain& domain, const Capabilities& capabilities);
void complete_controllers(model::domain::Domain& domain, const Capabilities& capabilities);
/// Those that were added take their places among the user's, by their numbers: reading the result again
/// changes nothing.
void order_controllers(model::domain::Domain& domain);
void assign_drive_addresses(model::domain::Domain& domain);
void add_drive_controllers(model::domain::Domain& domain, const Capabilities& capabilities);
void assign_virtio_serial_ports(model::domain::Domain& domain);
void add_smartcard_readers(model::domain::Domain& domain);
void assign_usb_ports(model::domain::Domain& domain);
/// Places on buses that x86 machines do not have: those of pseries, s390, and small ARM boards
/// (other_buses.cpp).
void assign_vio_addresses(model::domain::Domain& domain);
void assign_ccw_addresses(model::domain::Domain& domain);
/// Memory modules get the slots that they have room for.
void assign_memory_slots(model::domain::Domain& domain);
/// The numbers by which an s390 guest knows its PCI devices: user id and function id. Throws InternalError
/// for one that is given twice.
void assign_zpci(const std::vector<model::domain::DeviceInfo*>& devices);
void assign_mmio_addresses(model::domain::Domain& domain);
/// Whether the user has put a virtio device on the board itself, where the others then go too.
bool has_mmio_devices(model::domain::Domain& domain);
/// Throws libvirt's errors for what the machine cannot have.
void check_completed(const model::domain::Domain& domain);
/// The same for disks and file systems (validate_storage.cpp), and for memory, TPMs, IOMMUs, shared memory
/// (validate_platform.cpp).
void check_storage(const model::domain::Domain& domain);
/// What the places of SCSI units may be. (A device that is attached brings its controller along.)
void check_scsi_places(const model::domain::Domain& domain);
void check_platform(const model::domain::Domain& domain);
void complete_bridges(model::domain::Domain& domain);
void assign_pci_addresses(model::domain::Domain& domain);

/// "vdb" is 1, "sdaa" is 26; nothing for a name without letters after its prefix.
std::optional<std::uint32_t> disk_index(std::string_view target);
/// The prefix of a disk's target name: "vd", "sd", "hd", "fd", "xvd", "ubd"; empty when unknown.
std::string_view disk_prefix(std::string_view target);

/// The controller of this type and number; the first one when several share it (USB companions). Null when
/// absent.
model::domain::Controller* find_controller(model::domain::Domain& domain, model::domain::ControllerType type,
                                           std::uint32_t index);
/// Adds it unless there is one.
model::domain::Controller& ensure_controller(model::domain::Domain& domain,
                                             model::domain::ControllerType type, std::uint32_t index);

} // namespace vireo::qemu
