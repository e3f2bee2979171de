// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/builder.hpp"
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// QEMU's two switches and the guest's that libvirt's cache modes stand for.
struct CacheMode {
    bool direct, no_flush, write_cache;
};

CacheMode mode_of(DiskCache cache) {
    switch (cache) {
    case DiskCache::Writethrough: return {false, false, false};
    case DiskCache::None: return {true, false, true};
    case DiskCache::Directsync: return {true, false, false};
    case DiskCache::Unsafe: return {false, true, true};
    case DiskCache::Default:
    case DiskCache::Writeback: break;
    }
    return {false, false, true};
}

/// A disk that others write to as well is not cached, unless the user says how.
DiskCache cache_of(const Disk& disk) {
    auto given = disk.driver->cache.value_or(DiskCache::Default);
    return given == DiskCache::Default && disk.shareable && !disk.readonly ? DiskCache::None : given;
}

std::string_view policy_name(ErrorPolicy policy) {
    return policy == ErrorPolicy::Enospace ? "enospc" : name_of(policy);
}

void put_cache(json::object& node, DiskCache cache) {
    if (cache == DiskCache::Default) return;
    auto mode = mode_of(cache);
    node["cache"] = json::object{{"direct", mode.direct}, {"no-flush", mode.no_flush}};
}

bool is_cdrom(const Disk& disk) { return disk.device == DiskDevice::Cdrom; }

std::uint64_t wwn_of(const std::string& text) { return std::stoull(text, nullptr, 16); }

/// libvirt puts a backslash before each blank of a serial number; guests know their disks by what results.
std::string serial_of(const Disk& disk) {
    std::string serial;
    for (char character : disk.serial) {
        if (character == ' ' || character == '\\') serial += '\\';
        serial += character;
    }
    return serial;
}

void put_disk_properties(json::object& device, const Disk& disk) {
    if (disk.rotation_rate) device["rotation_rate"] = *disk.rotation_rate;
    if (cache_of(disk) != DiskCache::Default && disk.device != DiskDevice::Floppy)
        device["write-cache"] = mode_of(cache_of(disk)).write_cache ? "on" : "off";
    auto write_policy = disk.driver->error_policy;
    auto read_policy = disk.driver->rerror_policy;
    if (write_policy) device["werror"] = policy_name(*write_policy);
    if (!read_policy && write_policy && *write_policy != ErrorPolicy::Enospace) read_policy = write_policy;
    if (read_policy) device["rerror"] = policy_name(*read_policy);
    if (!disk.wwn.empty()) device["wwn"] = wwn_of(disk.wwn);
    if (!disk.vendor.empty()) device["vendor"] = disk.vendor;
    if (!disk.product.empty()) device["product"] = disk.product;
    if (!disk.serial.empty()) device["serial"] = serial_of(disk);
}
} // namespace

/// The boot order of <os>: the first device of each named kind. Devices with an order of their own replace
/// it.
void CommandLineBuilder::number_boot_devices() {
    auto note = [&](const DeviceInfo& info) {
        if (info.boot_order) boot_indexes_[&info] = *info.boot_order;
    };
    for (const auto& disk : devices_.disks) note(disk.info);
    for (const auto& interface : devices_.interfaces) note(interface.info);
    if (!boot_indexes_.empty()) return;
    auto first_disk = [&](DiskDevice kind) -> const DeviceInfo* {
        auto wanted = [&](const Disk& disk) {
            return disk.device == kind || (kind == DiskDevice::Disk && disk.device == DiskDevice::Lun);
        };
        auto found = std::ranges::find_if(devices_.disks, wanted);
        return found == devices_.disks.end() ? nullptr : &found->info;
    };
    std::uint32_t order = 0;
    for (auto kind : domain_.os.boot) {
        ++order;
        const DeviceInfo* device = nullptr;
        switch (kind) {
        case BootDevice::Disk: device = first_disk(DiskDevice::Disk); break;
        case BootDevice::Cdrom: device = first_disk(DiskDevice::Cdrom); break;
        case BootDevice::Floppy: device = first_disk(DiskDevice::Floppy); break;
        case BootDevice::Network:
            if (!devices_.interfaces.empty()) device = &devices_.interfaces.front().info;
            break;
        }
        if (device != nullptr) boot_indexes_.emplace(device, order);
    }
}

/// i440fx has one; on q35 it is a device that floppies bring along. It, not the floppy, knows the boot order.
void CommandLineBuilder::add_floppy_controller() {
    json::object device{{"driver", "isa-fdc"}};
    bool needed = false;
    for (const auto& controller : devices_.controllers) needed |= controller.type == ControllerType::Fdc;
    for (const auto& disk : devices_.disks) {
        auto boot = boot_indexes_.find(&disk.info);
        const auto* place = std::get_if<DriveAddress>(&disk.info.address);
        if (disk.bus != DiskBus::Fdc || boot == boot_indexes_.end() || place == nullptr) continue;
        const char* key = place->unit == 0 ? "bootindexA" : "bootindexB";
        if (board_ == Board::I440fx)
            option("-global", fmt::format("isa-fdc.{}={}", key, boot->second));
        else
            device[key] = boot->second;
    }
    if (needed && board_ == Board::Q35) option("-device", device);
}

void CommandLineBuilder::add_disk_nodes(const Disk& disk, std::size_t node) {
    if (disk.type != DiskType::File && disk.type != DiskType::Block)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("disk {}: type '{}' cannot be started by this version; "
                                "it starts 'file' and 'block'",
                                disk.target, name_of(disk.type)));
    auto cache = cache_of(disk);
    json::object storage{{"driver", disk.type == DiskType::File ? "file" : "host_device"},
                         {"filename", disk.source}};
    if (disk.driver->io) storage["aio"] = name_of(*disk.driver->io);
    storage["node-name"] = fmt::format("libvirt-{}-storage", node);
    put_cache(storage, cache);
    storage["auto-read-only"] = true;
    storage["discard"] = "unmap";
    json::object format{{"node-name", fmt::format("libvirt-{}-format", node)}, {"read-only", disk.readonly}};
    if (disk.driver->discard) format["discard"] = name_of(*disk.driver->discard);
    if (disk.driver->detect_zeroes) format["detect-zeroes"] = name_of(*disk.driver->detect_zeroes);
    put_cache(format, cache);
    format["driver"] = disk.driver->type;
    format["file"] = fmt::format("libvirt-{}-storage", node);
    option("-blockdev", storage);
    option("-blockdev", format);
}

json::object CommandLineBuilder::scsi_disk(const Disk& disk, const DriveAddress& place) const {
    bool passthrough = disk.device == DiskDevice::Lun;
    json::object device{{"driver", passthrough ? "scsi-block" : is_cdrom(disk) ? "scsi-cd" : "scsi-hd"}};
    device["bus"] = alias_of(ControllerType::Scsi, place.controller) + ".0";
    bool narrow = std::ranges::any_of(devices_.controllers, [&](const Controller& controller) {
        return controller.type == ControllerType::Scsi && controller.index == place.controller &&
               controller.model == "lsilogic";
    });
    if (narrow) {
        device["scsi-id"] = place.unit;
    } else {
        device["channel"] = place.bus;
        device["scsi-id"] = place.target;
        device["lun"] = place.unit;
    }
    if (!passthrough) device["device_id"] = disk.serial.empty() ? "drive-" + disk.info.alias : disk.serial;
    return device;
}

json::object CommandLineBuilder::disk_device(const Disk& disk) const {
    const auto* drive = std::get_if<DriveAddress>(&disk.info.address);
    auto place = drive == nullptr ? DriveAddress{} : *drive;
    json::object device;
    switch (*disk.bus) {
    case DiskBus::Virtio:
        device = {{"driver", "virtio-blk-pci"}};
        put_address(device, disk.info);
        break;
    case DiskBus::Ide:
        device = {{"driver", is_cdrom(disk) ? "ide-cd" : "ide-hd"},
                  {"bus", fmt::format("ide.{}", place.bus)}};
        device["unit"] = place.unit;
        break;
    case DiskBus::Sata:
        device = {{"driver", is_cdrom(disk) ? "ide-cd" : "ide-hd"}};
        device["bus"] = fmt::format("{}.{}", alias_of(ControllerType::Sata, place.controller), place.unit);
        break;
    case DiskBus::Scsi: device = scsi_disk(disk, place); break;
    case DiskBus::Fdc: device = {{"driver", "floppy"}, {"unit", place.unit}}; break;
    case DiskBus::Usb:
        device = {{"driver", "usb-storage"}};
        put_address(device, disk.info);
        break;
    default:
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format(
                "disk {}: bus '{}' is not there on QEMU's x86 machines; take virtio, sata, scsi, ide or usb",
                disk.target, name_of(*disk.bus)));
    }
    return device;
}

void CommandLineBuilder::add_disk(const Disk& disk, std::size_t node) {
    bool has_medium = !disk.source.empty();
    if (has_medium || (disk.type != DiskType::File && disk.type != DiskType::Block))
        add_disk_nodes(disk, node);
    auto device = disk_device(disk);
    require_device(json::find_text(device, "driver").value_or(""));
    if (disk.shareable) device["share-rw"] = true;
    if (has_medium) device["drive"] = fmt::format("libvirt-{}-format", node);
    device["id"] = disk.info.alias;
    if (disk.bus != DiskBus::Fdc) put_boot_index(device, disk.info);
    if (disk.bus == DiskBus::Usb) device["removable"] = disk.removable == Switch::On;
    put_disk_properties(device, disk);
    option("-device", device);
}

} // namespace vireo::qemu
