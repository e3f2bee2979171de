// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/common.hpp"
#include "xml/kept.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace vireo::model::domain {

/// Where a device sits on a PCI bus. All zero (see `is_empty`) asks for any place on a PCI bus.
struct PciAddress {
    std::uint16_t domain = 0;
    std::uint8_t bus = 0, slot = 0, function = 0; ///< slot up to 31, function up to 7
    std::optional<Switch> multifunction;
    std::optional<std::uint32_t> zpci_uid, zpci_fid; ///< how an s390 guest knows it
    bool is_empty() const { return domain == 0 && bus == 0 && slot == 0; }
    friend bool operator==(const PciAddress&, const PciAddress&) = default;
};

/// A disk's place: controller `controller` of its bus type, then bus, target and unit below it.
struct DriveAddress {
    std::uint32_t controller = 0, bus = 0, target = 0, unit = 0;
    friend bool operator==(const DriveAddress&, const DriveAddress&) = default;
};

struct VirtioSerialAddress {
    std::uint32_t controller = 0, bus = 0;
    std::optional<std::uint32_t> port; ///< absent: any free one
    friend bool operator==(const VirtioSerialAddress&, const VirtioSerialAddress&) = default;
};

struct CcidAddress {
    std::uint32_t controller = 0, slot = 0;
    friend bool operator==(const CcidAddress&, const CcidAddress&) = default;
};

struct UsbAddress {
    std::uint32_t bus = 0;
    std::string port; ///< up to four numbers with dots between ("1.2"); empty: any free one
    friend bool operator==(const UsbAddress&, const UsbAddress&) = default;
};

struct IsaAddress {
    std::optional<std::uint32_t> iobase, irq;
    friend bool operator==(const IsaAddress&, const IsaAddress&) = default;
};

/// An address of a bus that PCs do not have, or of none.
struct OtherAddress {
    enum class Type { SpaprVio, Ccw, VirtioS390, VirtioMmio, Dimm, Unassigned };
    Type type = Type::Unassigned;
    std::optional<std::uint64_t> reg = {};                          ///< of spapr-vio
    std::optional<std::uint32_t> cssid = {}, ssid = {}, devno = {}; ///< of ccw
    std::optional<std::uint32_t> slot = {};                         ///< of dimm
    std::optional<std::uint64_t> base = {};                         ///< of dimm
    friend bool operator==(const OtherAddress&, const OtherAddress&) = default;
};
constexpr auto names_of(OtherAddress::Type) {
    using enum OtherAddress::Type;
    return std::to_array<std::pair<OtherAddress::Type, std::string_view>>({{SpaprVio, "spapr-vio"},
                                                                           {Ccw, "ccw"},
                                                                           {VirtioS390, "virtio-s390"},
                                                                           {VirtioMmio, "virtio-mmio"},
                                                                           {Dimm, "dimm"},
                                                                           {Unassigned, "unassigned"}});
}

/// `monostate`: not assigned yet.
using Address = std::variant<std::monostate, PciAddress, DriveAddress, VirtioSerialAddress, CcidAddress,
                             UsbAddress, IsaAddress, OtherAddress>;

/// The three forms of a virtio device on PCI (the plain one is what the machine's bus suggests).
enum class VirtioModel { Virtio, VirtioTransitional, VirtioNonTransitional };
constexpr auto names_of(VirtioModel) {
    using enum VirtioModel;
    return std::to_array<std::pair<VirtioModel, std::string_view>>(
        {{Virtio, "virtio"},
         {VirtioTransitional, "virtio-transitional"},
         {VirtioNonTransitional, "virtio-non-transitional"}});
}

/// The options that all virtio devices have, of their <driver>.
struct VirtioOptions {
    std::optional<Switch> iommu, ats, packed, page_per_vq;
    bool is_empty() const { return *this == VirtioOptions{}; }
    friend bool operator==(const VirtioOptions&, const VirtioOptions&) = default;
};

/// <rom>: the option ROM that firmware finds in a PCI device.
struct Rom {
    std::optional<Switch> bar;
    std::optional<Answer> enabled;
    std::string file;
    friend bool operator==(const Rom&, const Rom&) = default;
};

/// What every device may have. An alias names the device to QEMU; one that starts with "ua-" is the user's
/// and persists, any other is made at start.
struct DeviceInfo {
    std::optional<std::uint32_t> boot_order; ///< from 1
    std::string load_parameter; ///< what an s390 boot loader is told: up to 8 letters, digits, '.', ' '
    std::string alias;
    Address address;
    std::optional<Rom> rom;
    std::optional<std::uint32_t> acpi_index; ///< that the guest's firmware tells the device's number by
    xml::Kept kept;
    bool has_user_alias() const { return alias.starts_with("ua-"); }
    friend bool operator==(const DeviceInfo&, const DeviceInfo&) = default;
};

} // namespace vireo::model::domain
