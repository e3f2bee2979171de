// SPDX-License-Identifier: Apache-2.0
// What a machine of QEMU cannot have of disks and file systems.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
void require(bool holds, const Disk& disk, std::string_view otherwise) {
    if (!holds) throw error(ErrorCode::ConfigUnsupported, fmt::format("disk {}: {}", disk.target, otherwise));
}

bool shares_memory(const Domain& domain) {
    bool shared = domain.memory_backing && domain.memory_backing->access == MemoryAccess::Shared;
    if (!domain.cpu || domain.cpu->numa.empty()) return shared;
    return std::ranges::all_of(domain.cpu->numa, [&](const NumaCell& cell) {
        return cell.access ? *cell.access == MemoryAccess::Shared : shared;
    });
}

bool is_hard_drive(const Disk& disk) {
    return disk.bus == DiskBus::Ide || disk.bus == DiskBus::Sata || disk.bus == DiskBus::Scsi;
}

void check_bus(const Disk& disk) {
    bool is_virtio = disk.bus == DiskBus::Virtio;
    bool by_unit = is_hard_drive(disk) || disk.bus == DiskBus::Fdc;
    bool has_place = std::holds_alternative<DriveAddress>(disk.info.address) ||
                     std::holds_alternative<std::monostate>(disk.info.address);
    require(!by_unit || has_place, disk, "its address is of type 'drive'");
    require((disk.vendor.empty() && disk.product.empty()) || disk.bus == DiskBus::Scsi, disk,
            "only SCSI disks have vendor and product");
    require(disk.wwn.empty() || is_hard_drive(disk), disk, "only IDE, SATA and SCSI disks have a WWN");
    require(disk.model.empty() || is_virtio, disk, "only disks on bus 'virtio' have a model");
    bool ejects = disk.device == DiskDevice::Cdrom || disk.device == DiskDevice::Floppy;
    require(!ejects || !is_virtio, disk, "a medium cannot be ejected on bus 'virtio'");
    bool is_card = disk.bus == DiskBus::Sd;
    require(!ejects || !is_card, disk, "a medium cannot be ejected on bus 'sd'");
    require(!disk.geometry || !is_card, disk, "disks on bus 'sd' have no <geometry>");
    if (is_card && !disk.serial.empty())
        throw error(ErrorCode::InternalError,
                    fmt::format("disk {}: disks on bus 'sd' have no <serial>", disk.target));
    require(ejects || !disk.tray, disk, "only CD-ROM and floppy drives have a tray");
    require(!disk.geometry || disk.geometry->translation.empty() || disk.bus == DiskBus::Ide, disk,
            "the BIOS translates the geometry of disks on bus 'ide' only");
    if (disk.removable && disk.bus != DiskBus::Usb)
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                    fmt::format("disk {}: only disks on bus 'usb' are removable", disk.target));
    if (disk.rotation_rate && !is_hard_drive(disk))
        throw error(ErrorCode::InternalError,
                    fmt::format("disk {}: only IDE, SATA and SCSI disks have a rotation rate", disk.target));
}

/// Disks whose SCSI commands go to the host's device.
void check_lun(const Disk& disk) {
    bool is_lun = disk.device == DiskDevice::Lun;
    require(is_lun || !disk.raw_io, disk, "rawio is for device 'lun'");
    require(is_lun || disk.kept.attribute("sgio") == nullptr, disk, "sgio is for device 'lun'");
    if (!is_lun) return;
    bool by_iscsi = disk.type == DiskType::Network && disk.network.protocol == DiskProtocol::Iscsi;
    bool is_raw_device = disk.type == DiskType::Block || disk.type == DiskType::Volume || by_iscsi;
    require(is_raw_device, disk, "device 'lun' needs a block device of the host, or iSCSI");
    require(disk.bus == DiskBus::Scsi || disk.bus == DiskBus::Virtio, disk,
            "device 'lun' is on bus 'scsi' or 'virtio'");
    require(disk.driver->type.empty() || disk.driver->type == "raw", disk, "device 'lun' is of format 'raw'");
    require(disk.driver->copy_on_read != Switch::On, disk, "device 'lun' cannot be copied as it is read");
    require(disk.wwn.empty() && disk.vendor.empty() && disk.product.empty(), disk,
            "device 'lun' tells its own WWN, vendor and product");
}

void check_format(const Disk& disk) {
    bool is_fat = disk.driver->type == "fat", is_folder = disk.type == DiskType::Dir;
    require(!is_fat || is_folder || disk.type == DiskType::Volume, disk, "format 'fat' is for type 'dir'");
    require(!is_folder || is_fat, disk, "a source of type 'dir' is of format 'fat'");
    require(!is_folder || disk.readonly, disk, "a folder can be read only: <readonly/> is missing");
    require(!disk.driver->metadata_cache || disk.driver->type == "qcow2", disk,
            "<metadata_cache> is for images of type 'qcow2'");
    bool locks = disk.driver->type.empty() || disk.driver->type == "raw";
    require(!disk.shareable || disk.readonly || locks, disk,
            "guests can share an image of format 'raw', others would be ruined");
}

void check_driver(const Domain& domain, const Disk& disk) {
    const auto& driver = *disk.driver;
    bool is_virtio = disk.bus == DiskBus::Virtio;
    require(is_virtio ||
                (!driver.ioeventfd && !driver.event_idx && !driver.queues && driver.virtio.is_empty()),
            disk, "ioeventfd, event_idx, queues and options of virtio are for bus 'virtio'");
    auto cache = driver.cache.value_or(DiskCache::Default);
    bool direct =
        cache == DiskCache::None || cache == DiskCache::Directsync || (disk.shareable && !driver.cache);
    require(driver.io != DiskIo::Native || direct || disk.readonly, disk,
            "io='native' needs cache='none' or 'directsync'");
    require(driver.copy_on_read != Switch::On || !disk.readonly, disk,
            "what is read-only cannot be copied as it is read");
    require(driver.rerror_policy != ErrorPolicy::Enospace, disk, "reading never runs out of space");
    if (!driver.iothread) return;
    require(is_virtio, disk, "only disks on bus 'virtio' have an iothread of their own");
    bool listed =
        std::ranges::find(domain.iothreads, *driver.iothread, &IoThread::id) != domain.iothreads.end();
    require(listed || (*driver.iothread != 0 && *driver.iothread <= domain.iothread_count), disk,
            fmt::format("there is no iothread {}", *driver.iothread));
}

void check_startup(const Disk& disk) {
    if (!disk.startup_policy) return;
    auto fail = [&](const char* what) {
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain, fmt::format("disk {}: {}", disk.target, what));
    };
    bool ejects = disk.device == DiskDevice::Cdrom || disk.device == DiskDevice::Floppy;
    if (disk.type == DiskType::Network) fail("a source in the network has no startupPolicy");
    if (disk.startup_policy == StartupPolicy::Requisite && !ejects)
        fail("startupPolicy='requisite' is for CD-ROM and floppy drives");
}

void check_encryption(const Disk& disk, DiskType type, const NetworkSource& network,
                      const SourceDetails& details) {
    if (!details.encryption) return;
    const auto& encryption = *details.encryption;
    bool is_old =
        encryption.format == EncryptionFormat::Default || encryption.format == EncryptionFormat::Qcow;
    bool by_librbd = encryption.engine == EncryptionEngine::Librbd;
    require(!is_old, disk, "its encryption is not safe; take format 'luks'");
    require(encryption.kept.empty(), disk, "<cipher> is for making a volume; the image knows its own");
    require(by_librbd || encryption.format != EncryptionFormat::Luks2, disk,
            "encryption of format 'luks2' needs engine='librbd'");
    require(!by_librbd || (type == DiskType::Network && network.protocol == DiskProtocol::Rbd), disk,
            "engine='librbd' encrypts sources of protocol 'rbd'");
}

void check_secret(const Disk& disk, const NetworkSource& network, const SourceDetails& details) {
    if (!details.auth) return;
    auto use = details.auth->use;
    bool fits = true;
    if (network.protocol == DiskProtocol::Iscsi) fits = use == SecretUse::Iscsi;
    if (network.protocol == DiskProtocol::Rbd) fits = use == SecretUse::Ceph;
    require(fits, disk, fmt::format("a secret of type '{}' is not for its protocol", name_of(use)));
}

void check_image(const Disk& disk, DiskType type, const NetworkSource& network,
                 const SourceDetails& details) {
    check_encryption(disk, type, network, details);
    check_secret(disk, network, details);
    require(!details.reservations || disk.device == DiskDevice::Lun, disk,
            "<reservations> are for disks of device 'lun'");
    require(type != DiskType::Network || network.protocol != DiskProtocol::Tftp, disk,
            "this QEMU has no protocol 'tftp'");
}

void check_transient(const Disk& disk) {
    if (!disk.transient) return;
    require(disk.type == DiskType::File, disk, "a transient disk is of type 'file'");
    require(!disk.readonly, disk, "a transient disk is not read-only");
    bool hot = disk.bus == DiskBus::Virtio || disk.bus == DiskBus::Scsi || disk.bus == DiskBus::Usb;
    require(disk.transient->share_backing != Answer::Yes || hot, disk,
            "<transient shareBacking='yes'/> needs a bus that disks are plugged into while the guest runs");
}

/// What another program does with the data, QEMU cannot.
void check_vhost_user(const Disk& disk) {
    if (disk.type != DiskType::Vhostuser) return;
    require(disk.device == DiskDevice::Disk, disk, "a source of type 'vhostuser' is for device 'disk'");
    require(disk.bus == DiskBus::Virtio, disk, "a source of type 'vhostuser' is for bus 'virtio'");
    const auto& driver = *disk.driver;
    bool is_plain = !driver.cache && !driver.error_policy && !driver.rerror_policy && !driver.io &&
                    !driver.ioeventfd && !driver.copy_on_read && !driver.discard && !driver.iothread &&
                    !driver.detect_zeroes && !driver.metadata_cache;
    require(is_plain, disk, "how its data is cached and read is up to the program behind the socket");
    bool is_bare = disk.io_tune == IoTune{} && disk.serial.empty() && disk.wwn.empty() && !disk.readonly &&
                   !disk.shareable && !disk.transient && !disk.geometry && !disk.details.encryption &&
                   disk.backing_store.empty();
    require(!disk.snapshot || disk.snapshot == SnapshotChoice::No, disk,
            "a vhostuser disk is left out of snapshots");
    require(is_bare, disk, "its properties are up to the program behind the socket");
}

void check_disk(const Domain& domain, const Disk& disk) {
    check_bus(disk);
    check_lun(disk);
    check_format(disk);
    check_driver(domain, disk);
    check_startup(disk);
    check_image(disk, disk.type, disk.network, disk.details);
    for (const auto* stores = &disk.backing_store; !stores->empty(); stores = &stores->front().next) {
        const auto& store = stores->front();
        check_image(disk, store.type.value_or(DiskType::File), store.network, store.details);
    }
    check_transient(disk);
    check_vhost_user(disk);
    require(disk.type != DiskType::Nvme || disk.details.nvme.disk_namespace != 0U, disk,
            "namespaces of NVMe are numbered from 1");
    require(disk.type != DiskType::Vhostuser || shares_memory(domain), disk,
            "type 'vhostuser' needs memory that is shared: <memoryBacking><access mode='shared'/>");
}

void require(bool holds, const Filesystem& filesystem, std::string_view otherwise) {
    if (!holds)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("file system {}: {}", filesystem.target, otherwise));
}

void check_virtiofs(const Domain& domain, const Filesystem& filesystem) {
    const auto& driver = *filesystem.driver;
    bool mapped = filesystem.access.value_or(FilesystemAccess::Passthrough) != FilesystemAccess::Passthrough;
    require(!mapped, filesystem, "virtiofs has access mode 'passthrough' only");
    require(!driver.write_policy, filesystem, "virtiofs has no wrpolicy");
    require(driver.format.empty(), filesystem, "virtiofs has no format");
    require(!filesystem.model, filesystem, "virtiofs has no models");
    require(!filesystem.multiple_devices, filesystem, "virtiofs has no multidevs");
    require(!filesystem.readonly, filesystem, "virtiofs has no read-only mode");
    require(shares_memory(domain), filesystem,
            "virtiofs needs memory that is shared: <memoryBacking><access mode='shared'/>");
}

void check_filesystem(const Domain& domain, const Filesystem& filesystem) {
    require(filesystem.type == FilesystemType::Mount, filesystem, "QEMU has file systems of type 'mount'");
    bool has_modes = filesystem.file_mode || filesystem.directory_mode;
    require(!has_modes || filesystem.access == FilesystemAccess::Mapped, filesystem,
            "fmode and dmode need accessmode='mapped'");
    auto type = filesystem.driver ? filesystem.driver->type.value_or(FilesystemDriverType::Path)
                                  : FilesystemDriverType::Path;
    if (type == FilesystemDriverType::Virtiofs) return check_virtiofs(domain, filesystem);
    if (type != FilesystemDriverType::Path && type != FilesystemDriverType::Handle)
        throw error(ErrorCode::InternalError,
                    fmt::format("file system {}: QEMU has no driver of type '{}'; take 'path' or 'virtiofs'",
                                filesystem.target, name_of(type)));
}
} // namespace

namespace {
/// Narrow cards know units only.
void check_scsi_place(const Domain& domain, const DeviceInfo& info) {
    const auto* place = std::get_if<DriveAddress>(&info.address);
    if (place == nullptr) return;
    if (place->bus != 0) throw error(ErrorCode::InternalError, "a SCSI controller has one bus, number 0");
    for (const auto& controller : domain.devices.controllers)
        if (controller.type == ControllerType::Scsi && controller.index == place->controller &&
            controller.model == "lsilogic" && place->target != 0)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("SCSI controller {} of model 'lsilogic' has units of target 0 only",
                                    place->controller));
}
} // namespace

void check_scsi_places(const Domain& domain) {
    for (const auto& disk : domain.devices.disks)
        if (disk.bus == DiskBus::Scsi) check_scsi_place(domain, disk.info);
    for (const auto& hostdev : domain.devices.hostdevs)
        if (hostdev.type == HostdevType::Scsi) check_scsi_place(domain, hostdev.info);
}

void check_storage(const Domain& domain) {
    for (const auto& disk : domain.devices.disks) check_disk(domain, disk);
    for (const auto& filesystem : domain.devices.filesystems) check_filesystem(domain, filesystem);
}

} // namespace vireo::qemu
