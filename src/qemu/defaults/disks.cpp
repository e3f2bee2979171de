// SPDX-License-Identifier: Apache-2.0
// Disks: order, bus, driver; and their places on IDE, SATA, SCSI and floppy controllers.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr auto buses_by_prefix = std::to_array<std::pair<std::string_view, DiskBus>>({{"hd", DiskBus::Ide},
                                                                                      {"sd", DiskBus::Scsi},
                                                                                      {"vd", DiskBus::Virtio},
                                                                                      {"fd", DiskBus::Fdc},
                                                                                      {"xvd", DiskBus::Xen},
                                                                                      {"ubd", DiskBus::Uml}});

/// Disks of one bus stand together in the order of their names, as the guest finds them.
void sort_disks(std::vector<Disk>& disks) {
    std::vector<Disk> sorted;
    for (auto& disk : disks) {
        auto place = sorted.end();
        for (auto other = sorted.end(); other != sorted.begin();) {
            --other;
            if (other->bus != disk.bus) continue;
            if (disk_index(other->target) <= disk_index(disk.target)) {
                place = other + 1;
                break;
            }
            place = other;
        }
        sorted.insert(place, std::move(disk));
    }
    disks = std::move(sorted);
}

void choose_bus(Disk& disk) {
    if (disk.bus) return;
    if (disk.device == DiskDevice::Floppy) {
        disk.bus = DiskBus::Fdc;
        return;
    }
    auto prefix = disk_prefix(disk.target);
    for (auto [name, bus] : buses_by_prefix)
        if (name == prefix) disk.bus = bus;
    if (!disk.bus) disk.bus = DiskBus::Ide;
}

void check_driver(const Disk& disk) {
    constexpr auto formats =
        std::to_array<std::string_view>({"raw", "qcow2", "qcow", "qed", "vmdk", "vdi", "vpc", "vhd", "bochs",
                                         "cloop", "dmg", "ploop", "fat"});
    if (!disk.driver->name.empty() && disk.driver->name != "qemu")
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format("disk {}: QEMU's driver is called 'qemu', not '{}'", disk.target, disk.driver->name));
    if (std::ranges::find(formats, disk.driver->type) == formats.end())
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("disk {}: QEMU has no image format '{}'; it has {}", disk.target,
                                disk.driver->type, "raw, qcow2, qcow, qed, vmdk, vdi, vpc, vhd, ploop"));
}

struct BusShape {
    ControllerType controller;
    std::uint32_t buses, targets, units; ///< of one controller, in the order in which names fill it
};

/// Narrow SCSI cards have seven units, the eighth is the card itself.
std::optional<BusShape> shape_of(DiskBus bus) {
    switch (bus) {
    case DiskBus::Ide: return BusShape{ControllerType::Ide, 2, 1, 2};
    case DiskBus::Sata: return BusShape{ControllerType::Sata, 1, 1, 6};
    case DiskBus::Fdc: return BusShape{ControllerType::Fdc, 1, 1, 2};
    case DiskBus::Scsi: return BusShape{ControllerType::Scsi, 1, 1, 7};
    default: return std::nullopt;
    }
}

using Place = std::tuple<DiskBus, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;

Place place_of(DiskBus bus, const DriveAddress& address) {
    return {bus, address.controller, address.bus, address.target, address.unit};
}

void assign(Disk& disk, const BusShape& shape) {
    auto index = disk_index(disk.target);
    if (!index)
        throw Error(ErrorCode::InternalError, ErrorDomain::Domain,
                    fmt::format("disk target '{}' is not a name such as 'vda' or 'sdb'", disk.target));
    DriveAddress address;
    auto per_bus = shape.targets * shape.units;
    address.controller = *index / (shape.buses * per_bus);
    address.bus = *index / per_bus % shape.buses;
    address.unit = *index % shape.units;
    disk.info.address = address;
}

/// Units of SCSI controllers that nobody has, from the first controller on.
DriveAddress free_unit(const std::set<Place>& taken) {
    constexpr std::uint32_t units = 7; // as if it were a narrow card
    DriveAddress address;
    while (taken.contains(place_of(DiskBus::Scsi, address))) {
        if (++address.unit < units) continue;
        address.unit = 0;
        ++address.controller;
    }
    return address;
}

/// SCSI units of the host take what disks leave.
void assign_scsi_hostdevs(Devices& devices, std::set<Place>& taken) {
    for (const auto& hostdev : devices.hostdevs) {
        const auto* given = std::get_if<DriveAddress>(&hostdev.info.address);
        if (hostdev.type != HostdevType::Scsi || given == nullptr) continue;
        if (!taken.insert(place_of(DiskBus::Scsi, *given)).second)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("two devices are unit {} of target {} of SCSI controller {}", given->unit,
                                    given->target, given->controller));
    }
    for (auto& hostdev : devices.hostdevs) {
        if (hostdev.type != HostdevType::Scsi ||
            !std::holds_alternative<std::monostate>(hostdev.info.address))
            continue;
        auto address = free_unit(taken);
        taken.insert(place_of(DiskBus::Scsi, address));
        hostdev.info.address = address;
    }
}
} // namespace

std::string_view disk_prefix(std::string_view target) {
    for (auto [prefix, bus] : buses_by_prefix)
        if (target.starts_with(prefix)) return prefix;
    return {};
}

std::optional<std::uint32_t> disk_index(std::string_view target) {
    auto prefix = disk_prefix(target);
    if (prefix.empty()) return std::nullopt;
    auto letters = target.substr(prefix.size());
    while (!letters.empty() && letters.back() >= '0' && letters.back() <= '9')
        letters.remove_suffix(1); // a partition
    constexpr std::size_t longest = 4;
    if (letters.empty() || letters.size() > longest) return std::nullopt;
    std::uint32_t index = 0;
    for (char letter : letters) {
        if (letter < 'a' || letter > 'z') return std::nullopt;
        index = index * 26 + static_cast<std::uint32_t>(letter - 'a') + 1;
    }
    return index - 1;
}

namespace {
/// Unless the user says so, QEMU itself sees to encrypted data.
void complete_encryption(SourceDetails& details) {
    if (details.encryption && !details.encryption->engine)
        details.encryption->engine = EncryptionEngine::Qemu;
}
} // namespace

void complete_disks(Domain& domain) {
    for (auto& disk : domain.devices.disks) {
        choose_bus(disk);
        if (!disk.driver) disk.driver.emplace();
        if (disk.driver->name.empty()) disk.driver->name = "qemu";
        if (disk.device == DiskDevice::Cdrom) disk.readonly = true;
        bool is_outside = disk.type == DiskType::Vhostuser; // QEMU does not see its data
        if (is_outside && !disk.snapshot) disk.snapshot = SnapshotChoice::No;
        complete_encryption(disk.details);
        for (auto* stores = &disk.backing_store; !stores->empty(); stores = &stores->front().next)
            complete_encryption(stores->front().details);
        if (disk.driver->type.empty() && disk.type == DiskType::Volume)
            continue; // the volume knows its format
        if (disk.driver->type.empty()) disk.driver->type = "raw";
        check_driver(disk);
    }
    sort_disks(domain.devices.disks);
}

void assign_drive_addresses(Domain& domain) {
    std::set<Place> taken;
    for (auto& disk : domain.devices.disks) {
        auto shape = shape_of(*disk.bus);
        if (!shape) continue;
        if (std::holds_alternative<std::monostate>(disk.info.address)) assign(disk, *shape);
        const auto* address = std::get_if<DriveAddress>(&disk.info.address);
        if (address == nullptr)
            throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Domain,
                        fmt::format("disk {}: a disk on bus '{}' has an address of type 'drive'", disk.target,
                                    name_of(*disk.bus)));
        if (!taken.insert(place_of(*disk.bus, *address)).second)
            throw Error(
                ErrorCode::XmlError, ErrorDomain::Domain,
                fmt::format(
                    "disk {}: another disk has the same place (controller {}, bus {}, target {}, unit {})",
                    disk.target, address->controller, address->bus, address->target, address->unit));
    }
    assign_scsi_hostdevs(domain.devices, taken);
}

std::string default_scsi_model(const Domain& domain, const Capabilities& capabilities) {
    if (board_of(domain.os.machine) == Board::Pseries) return "ibmvscsi";
    bool modern = board_of(domain.os.machine) == Board::S390 || is_arm(domain.os.arch) ||
                  !capabilities.has_device("lsi53c895a");
    return modern ? "virtio-scsi" : "lsilogic";
}

namespace {
/// All controllers of a type up to the one with this number.
void ensure_controllers(Domain& domain, ControllerType type, std::uint32_t last, std::string_view user) {
    constexpr std::uint32_t sensible = 255; // a mistyped number must not make a million controllers
    if (last > sensible)
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                    fmt::format("{}: there is no {} controller {}", user, name_of(type), last));
    for (std::uint32_t index = 0; index <= last; ++index) ensure_controller(domain, type, index);
}

/// Controllers that units of the host need are of the kind that is there.
void add_hostdev_controllers(Domain& domain) {
    for (const auto& hostdev : domain.devices.hostdevs) {
        const auto* address = std::get_if<DriveAddress>(&hostdev.info.address);
        if (address == nullptr || hostdev.type != HostdevType::Scsi) continue;
        const auto* first = find_controller(domain, ControllerType::Scsi, 0);
        auto model = first == nullptr ? std::string{} : first->model;
        ensure_controllers(domain, ControllerType::Scsi, address->controller, "a SCSI unit of the host");
        for (auto& controller : domain.devices.controllers)
            if (controller.type == ControllerType::Scsi && controller.model.empty()) controller.model = model;
    }
}
} // namespace

void add_drive_controllers(Domain& domain, const Capabilities& capabilities) {
    for (const auto& disk : domain.devices.disks) {
        auto shape = shape_of(*disk.bus);
        const auto* address = std::get_if<DriveAddress>(&disk.info.address);
        if (!shape || address == nullptr) continue;
        ensure_controllers(domain, shape->controller, address->controller, disk.target);
    }
    add_hostdev_controllers(domain);
    if (board_of(domain.os.machine) == Board::I440fx) {
        bool second = find_controller(domain, ControllerType::Ide, 1) != nullptr;
        if (second)
            throw error(ErrorCode::ConfigUnsupported, "this machine type has one IDE controller: four disks");
    }
    for (auto& controller : domain.devices.controllers)
        if (controller.type == ControllerType::Scsi && controller.model.empty())
            controller.model = default_scsi_model(domain, capabilities);
}

} // namespace vireo::qemu
