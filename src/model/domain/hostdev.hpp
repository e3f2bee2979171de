// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/image_source.hpp"

#include <variant>

// Devices of the host that a guest gets for itself.

namespace vireo::model::domain {

/// What a <hostdev> is: the first five are of mode 'subsystem', the others of mode 'capabilities'
/// (containers).
enum class HostdevType { Usb, Pci, Scsi, ScsiHost, Mdev, Storage, Misc, Net };
constexpr auto names_of(HostdevType) {
    using enum HostdevType;
    return std::to_array<std::pair<HostdevType, std::string_view>>({{Usb, "usb"},
                                                                    {Pci, "pci"},
                                                                    {Scsi, "scsi"},
                                                                    {ScsiHost, "scsi_host"},
                                                                    {Mdev, "mdev"},
                                                                    {Storage, "storage"},
                                                                    {Misc, "misc"},
                                                                    {Net, "net"}});
}
constexpr bool is_capability(HostdevType type) { return type >= HostdevType::Storage; }

/// What a start does when a USB device is not there.
enum class UsbStartupPolicy { Mandatory, Requisite, Optional };
constexpr auto names_of(UsbStartupPolicy) {
    using enum UsbStartupPolicy;
    return std::to_array<std::pair<UsbStartupPolicy, std::string_view>>(
        {{Mandatory, "mandatory"}, {Requisite, "requisite"}, {Optional, "optional"}});
}

/// Which resets of a USB device the guest may make.
enum class UsbGuestReset { Off, Uninitialized, On };
constexpr auto names_of(UsbGuestReset) {
    using enum UsbGuestReset;
    return std::to_array<std::pair<UsbGuestReset, std::string_view>>(
        {{Off, "off"}, {Uninitialized, "uninitialized"}, {On, "on"}});
}

/// A USB device of the host, by its kind or by its place (both: the one of that kind at that place).
struct UsbHostSource {
    std::optional<UsbStartupPolicy> startup_policy;
    std::optional<UsbGuestReset> guest_reset;
    std::optional<std::uint16_t> vendor, product;
    std::optional<std::uint32_t> bus, device;
    friend bool operator==(const UsbHostSource&, const UsbHostSource&) = default;
};

/// Who hands a PCI device over.
enum class PciHostDriver { Vfio, Kvm, Xen };
constexpr auto names_of(PciHostDriver) {
    using enum PciHostDriver;
    return std::to_array<std::pair<PciHostDriver, std::string_view>>(
        {{Vfio, "vfio"}, {Kvm, "kvm"}, {Xen, "xen"}});
}

/// A PCI device by its address on the host.
struct PciHostSource {
    PciAddress address;
    std::optional<Answer> write_filtering;
    friend bool operator==(const PciHostSource&, const PciHostSource&) = default;
};

enum class ScsiProtocol { Adapter, Iscsi };
constexpr auto names_of(ScsiProtocol) {
    using enum ScsiProtocol;
    return std::to_array<std::pair<ScsiProtocol, std::string_view>>({{Adapter, "adapter"}, {Iscsi, "iscsi"}});
}

/// A SCSI unit: of an adapter of the host, or of an iSCSI target.
struct ScsiHostSource {
    ScsiProtocol protocol = ScsiProtocol::Adapter;
    std::string adapter; ///< "scsi_host2"
    std::uint32_t bus = 0, target = 0;
    std::uint64_t unit = 0;
    std::string name; ///< of iscsi: "iqn.…/1"
    std::vector<NetworkHost> hosts;
    std::string initiator;
    std::optional<Authentication> auth; ///< of iscsi
    friend bool operator==(const ScsiHostSource& a, const ScsiHostSource& b) = default;
};

/// A target of the kernel's vhost-scsi, by its world-wide port name ("naa.…").
struct VhostScsiSource {
    std::string wwpn;
    friend bool operator==(const VhostScsiSource&, const VhostScsiSource&) = default;
};

/// A part of a device that its driver on the host has cut out.
struct MediatedSource {
    Uuid uuid;
    friend bool operator==(const MediatedSource&, const MediatedSource&) = default;
};

/// What containers get: not QEMU's.
struct CapabilitySource {
    xml::Kept kept;
    friend bool operator==(const CapabilitySource&, const CapabilitySource&) = default;
};

using HostdevSource = std::variant<UsbHostSource, PciHostSource, ScsiHostSource, VhostScsiSource,
                                   MediatedSource, CapabilitySource>;

enum class MediatedModel { VfioPci, VfioCcw, VfioAp };
constexpr auto names_of(MediatedModel) {
    using enum MediatedModel;
    return std::to_array<std::pair<MediatedModel, std::string_view>>(
        {{VfioPci, "vfio-pci"}, {VfioCcw, "vfio-ccw"}, {VfioAp, "vfio-ap"}});
}

enum class SgIo { Filtered, Unfiltered };
constexpr auto names_of(SgIo) {
    using enum SgIo;
    return std::to_array<std::pair<SgIo, std::string_view>>(
        {{Filtered, "filtered"}, {Unfiltered, "unfiltered"}});
}

/// <teaming>: a virtio interface that stands in while its quick device of the host is away.
enum class TeamingType { Persistent, Transient };
constexpr auto names_of(TeamingType) {
    using enum TeamingType;
    return std::to_array<std::pair<TeamingType, std::string_view>>(
        {{Persistent, "persistent"}, {Transient, "transient"}});
}
struct Teaming {
    TeamingType type = TeamingType::Persistent;
    std::string persistent; ///< of a transient one: the alias of the interface that stands in
    friend bool operator==(const Teaming&, const Teaming&) = default;
};

/// <hostdev>.
struct Hostdev {
    HostdevType type = HostdevType::Usb; ///< that of `source`
    bool managed = false;                ///< the daemon takes it from the host's driver, and gives it back
    HostdevSource source;
    std::optional<PciHostDriver> driver;         ///< of pci
    std::optional<SgIo> sgio;                    ///< of scsi
    std::optional<Answer> raw_io;                ///< of scsi
    std::optional<VirtioModel> vhost_model;      ///< of scsi_host
    std::optional<MediatedModel> mediated_model; ///< of mdev
    std::optional<Switch> display, ramfb;        ///< of mdev
    std::optional<Teaming> teaming;              ///< of pci
    bool readonly = false, shareable = false;    ///< of scsi
    DeviceInfo info;
    friend bool operator==(const Hostdev&, const Hostdev&) = default;
};

} // namespace vireo::model::domain
