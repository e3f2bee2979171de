// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/block_nodes.hpp"
#include "qemu/command_line/builder.hpp"
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::string_view policy_name(ErrorPolicy policy) {
    return policy == ErrorPolicy::Enospace ? "enospc" : name_of(policy);
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

void put_geometry(json::object& device, const DiskGeometry& geometry) {
    if (geometry.cylinders) device["cyls"] = *geometry.cylinders;
    if (geometry.heads) device["heads"] = *geometry.heads;
    if (geometry.sectors) device["secs"] = *geometry.sectors;
    if (!geometry.translation.empty()) device["bios-chs-trans"] = geometry.translation;
}

/// What only a virtio disk can be told.
void put_virtio_properties(json::object& device, const Disk& disk) {
    const auto& driver = *disk.driver;
    if (driver.iothread) device["iothread"] = fmt::format("iothread{}", *driver.iothread);
    if (driver.ioeventfd) device["ioeventfd"] = *driver.ioeventfd == Switch::On;
    if (driver.event_idx) device["event_idx"] = *driver.event_idx == Switch::On;
    if (driver.queues) device["num-queues"] = *driver.queues;
    if (driver.queue_size) device["queue-size"] = *driver.queue_size;
    put_virtio(device, driver.virtio);
}

void put_disk_properties(json::object& device, const Disk& disk) {
    if (disk.logical_block_size) device["logical_block_size"] = *disk.logical_block_size;
    if (disk.physical_block_size) device["physical_block_size"] = *disk.physical_block_size;
    if (disk.discard_granularity) device["discard_granularity"] = *disk.discard_granularity;
    if (disk.geometry) put_geometry(device, *disk.geometry);
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
    for (const auto& filesystem : devices_.filesystems) note(filesystem.info);
    for (const auto& redirected : devices_.redirected_devices) note(redirected.info);
    for (const auto& hostdev : devices_.hostdevs) note(hostdev.info);
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

json::object CommandLineBuilder::scsi_disk(const Disk& disk, const DriveAddress& place) const {
    bool passthrough = disk.device == DiskDevice::Lun;
    json::object device{{"driver", passthrough ? "scsi-block" : is_cdrom(disk) ? "scsi-cd" : "scsi-hd"}};
    device["bus"] = alias_of(ControllerType::Scsi, place.controller) + ".0";
    bool narrow = std::ranges::any_of(devices_.controllers, [&](const Controller& controller) {
        return controller.type == ControllerType::Scsi && controller.index == place.controller &&
               (controller.model == "lsilogic" || controller.model == "ncr53c90" ||
                controller.model == "dc390" || controller.model == "am53c974");
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
        device = {{"driver", virtio_device("virtio-blk", disk.model, disk.info)}};
        put_virtio_properties(device, disk);
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
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("disk {}: QEMU has no bus '{}'; take virtio, sata, scsi, ide, usb or sd",
                                disk.target, name_of(*disk.bus)));
    }
    return device;
}

/// Another program has the data; QEMU passes the guest's requests on.
void CommandLineBuilder::add_vhost_user_disk(const Disk& disk) {
    const auto& source = disk.details.vhost_user;
    auto character = "chr-vu-" + disk.info.alias;
    auto socket = fmt::format("socket,id={},path={}", character, escape(source.path));
    if (source.reconnect == Answer::Yes)
        socket += fmt::format(",reconnect={}", source.reconnect_timeout.value_or(0));
    option("-chardev", socket);
    json::object device{{"driver", virtio_device("vhost-user-blk", disk.model, disk.info)}};
    require_device(json::find_text(device, "driver").value_or(""));
    if (disk.driver->queues) device["num-queues"] = *disk.driver->queues;
    if (disk.driver->queue_size) device["queue-size"] = *disk.driver->queue_size;
    put_virtio(device, disk.driver->virtio);
    put_address(device, disk.info);
    device["chardev"] = character;
    device["id"] = disk.info.alias;
    put_boot_index(device, disk.info);
    option("-device", device);
}

namespace {
/// Appends ",name.key=value" for all that a block node says.
void append_flat(std::string& option, const std::string& name, const json::value& value) {
    if (const auto* object = value.if_object()) {
        for (const auto& [key, member] : *object)
            append_flat(option, fmt::format("{}.{}", name, std::string_view{key}), member);
    } else if (const auto* array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i)
            append_flat(option, fmt::format("{}.{}", name, i), (*array)[i]);
    } else if (const auto* text = value.if_string()) {
        option += fmt::format(",{}={}", name, escape(std::string{*text}));
    } else if (value.is_bool()) {
        option += fmt::format(",{}={}", name, value.get_bool() ? "on" : "off");
    } else {
        option += fmt::format(",{}={}", name, json::print(value));
    }
}
} // namespace

/// A card in the slot of a board, which takes it by its number and has no name for it.
void CommandLineBuilder::add_memory_card(const Disk& disk) {
    auto image = image_of(disk);
    const auto& driver = *disk.driver;
    std::string drive;
    if (disk.type == DiskType::Dir)
        drive = ",file=fat:" + escape(disk.source);
    else if (disk.type == DiskType::File || disk.type == DiskType::Block)
        drive = ",file=" + escape(disk.source);
    else
        append_flat(drive, "file", storage_of(image));
    if (disk.type != DiskType::Dir) drive += ",format=" + driver.type;
    drive += fmt::format(",if=sd,index={}", disk_index(disk.target).value_or(0));
    if (disk.readonly) drive += ",readonly=on";
    if (auto cache = cache_of(disk); cache != DiskCache::Default)
        drive += fmt::format(",cache={}", name_of(cache));
    if (driver.io) drive += fmt::format(",aio={}", name_of(*driver.io));
    if (driver.discard) drive += fmt::format(",discard={}", name_of(*driver.discard));
    if (driver.detect_zeroes) drive += fmt::format(",detect-zeroes={}", name_of(*driver.detect_zeroes));
    if (driver.copy_on_read) drive += fmt::format(",copy-on-read={}", name_of(*driver.copy_on_read));
    option("-drive", drive.substr(1));
}

void CommandLineBuilder::add_disk(const Disk& disk) {
    if (disk.type == DiskType::Vhostuser) return add_vhost_user_disk(disk);
    if (disk.bus == DiskBus::Sd) return add_memory_card(disk);
    if (disk.transient && disk.transient->share_backing == Answer::Yes) {
        next_node_ -= count_disk_nodes(disk); // it is plugged in once its overlay is there
        return;
    }
    bool has_medium = image_of(disk).has_medium();
    std::string node;
    if (has_medium) {
        node = fmt::format("libvirt-{}-format", next_node_ - (count_disk_nodes(disk) - 1));
        if (disk.driver->copy_on_read == Switch::On) node = "libvirt-CoR-" + disk.target;
        add_disk_nodes(disk);
    } else {
        --next_node_; // libvirt counts it too
    }
    auto device = disk_device(disk);
    require_device(json::find_text(device, "driver").value_or(""));
    if (disk.shareable) device["share-rw"] = true;
    if (has_medium) device["drive"] = node;
    device["id"] = disk.info.alias;
    if (disk.bus != DiskBus::Fdc) put_boot_index(device, disk.info);
    if (disk.bus == DiskBus::Usb) device["removable"] = disk.removable == Switch::On;
    put_disk_properties(device, disk);
    add_zpci(disk.info);
    option("-device", device);
}

} // namespace vireo::qemu
