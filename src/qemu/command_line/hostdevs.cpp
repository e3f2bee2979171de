// SPDX-License-Identifier: Apache-2.0
// Devices of the host that the guest gets for itself.
#include "qemu/command_line/block_nodes.hpp"
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr std::uint16_t iscsi_port = 3260;

/// The device node of a SCSI unit, as the kernel's folder of it names it ("/dev/sg3"). Throws SystemError
/// when the host has no such unit.
std::string node_of(const ScsiHostSource& source) {
    std::string_view adapter = source.adapter;
    constexpr std::string_view prefix = "scsi_host";
    std::uint32_t number = 0;
    if (adapter.starts_with(prefix)) adapter.remove_prefix(prefix.size());
    auto [rest, failure] = std::from_chars(adapter.data(), adapter.data() + adapter.size(), number);
    if (failure != std::errc{} || rest != adapter.data() + adapter.size())
        throw error(ErrorCode::InternalError,
                    fmt::format("SCSI adapter '{}' is not called such as 'scsi_host2'", source.adapter));
    auto folder = fmt::format("/sys/bus/scsi/devices/{}:{}:{}:{}/scsi_generic", number, source.bus,
                              source.target, source.unit);
    std::error_code trouble;
    for (const auto& entry : std::filesystem::directory_iterator{folder, trouble})
        return "/dev/" + entry.path().filename().native();
    throw error(ErrorCode::SystemError,
                fmt::format("this host has no SCSI unit {}: cannot read {}", source.adapter, folder));
}

json::object scsi_storage(const ScsiHostSource& source) {
    if (source.protocol == ScsiProtocol::Adapter)
        return {{"driver", "host_device"}, {"filename", node_of(source)}};
    auto slash = source.name.rfind('/');
    std::uint32_t unit = 0;
    auto text = std::string_view{source.name}.substr(slash + 1);
    std::from_chars(text.data(), text.data() + text.size(), unit);
    const auto& host = source.hosts.front();
    json::object storage{{"driver", "iscsi"}};
    storage["portal"] = fmt::format("{}:{}", host.name, host.port.value_or(iscsi_port));
    storage["target"] = source.name.substr(0, slash);
    storage["lun"] = unit;
    storage["transport"] = "tcp";
    if (!source.initiator.empty()) storage["initiator-name"] = source.initiator;
    return storage;
}

std::string text_of(const PciAddress& address) {
    return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", address.domain, address.bus, address.slot,
                       address.function);
}
} // namespace

/// The unit is a block node, which a generic SCSI device shows to the guest.
void CommandLineBuilder::add_scsi_hostdev(const Hostdev& hostdev, const ScsiHostSource& source) {
    const auto* place = std::get_if<DriveAddress>(&hostdev.info.address);
    if (place == nullptr)
        throw error(ErrorCode::InternalError, fmt::format("{} has no place", hostdev.info.alias));
    auto node = fmt::format("libvirt-{}-backend", ++hostdev_nodes_);
    if (source.auth) throw missing_secret(source.auth->secret);
    auto storage = scsi_storage(source);
    storage["node-name"] = node;
    storage["read-only"] = hostdev.readonly;
    option("-blockdev", storage);
    json::object device{{"driver", "scsi-generic"}};
    if (hostdev.shareable) device["share-rw"] = true;
    device["drive"] = node;
    device["id"] = hostdev.info.alias;
    device["bus"] = alias_of(ControllerType::Scsi, place->controller) + ".0";
    bool is_narrow = is_narrow_scsi(place->controller);
    if (!is_narrow) device["channel"] = place->bus;
    device["scsi-id"] = is_narrow ? place->unit : place->target;
    if (!is_narrow) device["lun"] = place->unit;
    put_boot_index(device, hostdev.info);
    require_device("scsi-generic");
    option("-device", device);
}

bool CommandLineBuilder::is_narrow_scsi(std::uint32_t index) const {
    for (const auto& controller : devices_.controllers)
        if (controller.type == ControllerType::Scsi && controller.index == index)
            return controller.model == "lsilogic";
    return false;
}

json::object CommandLineBuilder::usb_hostdev(const UsbHostSource& source) {
    if (!source.bus || !source.device)
        throw error(ErrorCode::InternalError,
                    "a USB device of the host is passed on by bus and device number; its vendor and product "
                    "are looked up when the guest starts");
    json::object device{{"driver", "usb-host"}};
    device["hostdevice"] = fmt::format("/dev/bus/usb/{:03}/{:03}", *source.bus, *source.device);
    if (source.guest_reset) {
        device["guest-reset"] = *source.guest_reset != UsbGuestReset::Off;
        if (*source.guest_reset != UsbGuestReset::Off)
            device["guest-resets-all"] = *source.guest_reset == UsbGuestReset::On;
    }
    return device;
}

json::object CommandLineBuilder::pci_hostdev(const Hostdev& hostdev, const PciHostSource& source) {
    if (!hostdev.driver)
        throw error(
            ErrorCode::InternalError,
            fmt::format("PCI device {} of the host: say <driver name='vfio'/>", text_of(source.address)));
    if (*hostdev.driver != PciHostDriver::Vfio)
        throw error(
            ErrorCode::InternalError,
            fmt::format("PCI device {} of the host: this QEMU passes devices on by driver 'vfio', not "
                        "'{}'",
                        text_of(source.address), name_of(*hostdev.driver)));
    json::object device{{"driver", "vfio-pci"}, {"host", text_of(source.address)}};
    if (hostdev.teaming) device["failover_pair_id"] = hostdev.teaming->persistent;
    return device;
}

json::object CommandLineBuilder::mediated_hostdev(const Hostdev& hostdev, const MediatedSource& source) {
    auto driver = std::string{name_of(hostdev.mediated_model.value_or(MediatedModel::VfioPci))};
    bool in_memory = hostdev.ramfb == Switch::On; // what the firmware draws into
    if (in_memory) driver += "-nohotplug";
    json::object device{{"driver", driver}};
    device["sysfsdev"] = "/sys/bus/mdev/devices/" + source.uuid.text();
    if (hostdev.display) device["display"] = name_of(*hostdev.display);
    if (in_memory) device["ramfb"] = true;
    return device;
}

/// The kernel's end comes as a descriptor, which a start opens.
json::object CommandLineBuilder::vhost_hostdev(const Hostdev& hostdev, const VhostScsiSource& source) {
    constexpr const char* path = "/dev/vhost-scsi";
    if (!std::filesystem::exists(path))
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("this host has no {}, which a <hostdev type='scsi_host'> needs", path));
    auto model = hostdev.vhost_model ? name_of(*hostdev.vhost_model) : "";
    json::object device{{"driver", virtio_device("vhost-scsi", model, hostdev.info)}};
    device["wwpn"] = source.wwpn;
    device["vhostfd"] = "-1";
    return device;
}

void CommandLineBuilder::add_hostdev(const Hostdev& hostdev) {
    const auto* other = std::get_if<OtherAddress>(&hostdev.info.address);
    bool is_unplugged = other != nullptr && other->type == OtherAddress::Type::Unassigned;
    if (is_unplugged) return; // it is taken from the host, and that is all
    if (const auto* scsi = std::get_if<ScsiHostSource>(&hostdev.source))
        return add_scsi_hostdev(hostdev, *scsi);
    json::object device;
    if (const auto* usb = std::get_if<UsbHostSource>(&hostdev.source)) device = usb_hostdev(*usb);
    if (const auto* pci = std::get_if<PciHostSource>(&hostdev.source)) device = pci_hostdev(hostdev, *pci);
    if (const auto* vhost = std::get_if<VhostScsiSource>(&hostdev.source))
        device = vhost_hostdev(hostdev, *vhost);
    if (const auto* mediated = std::get_if<MediatedSource>(&hostdev.source))
        device = mediated_hostdev(hostdev, *mediated);
    require_device(json::find_text(device, "driver").value_or(""));
    device["id"] = hostdev.info.alias;
    put_boot_index(device, hostdev.info);
    put_address(device, hostdev.info);
    put_rom(device, hostdev.info);
    add_zpci(hostdev.info);
    option("-device", device);
}

/// An s390 guest finds a PCI device by a device of its own that names it, and comes before it.
void CommandLineBuilder::add_zpci(const DeviceInfo& info) {
    const auto* address = std::get_if<PciAddress>(&info.address);
    if (address == nullptr || !address->zpci_uid) return;
    json::object device{{"driver", "zpci"}, {"uid", *address->zpci_uid}};
    device["fid"] = address->zpci_fid.value_or(0);
    device["target"] = info.alias;
    device["id"] = fmt::format("zpci{}", *address->zpci_uid);
    option("-device", device);
}

} // namespace vireo::qemu
