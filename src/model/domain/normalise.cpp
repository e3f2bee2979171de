// SPDX-License-Identifier: Apache-2.0
#include "model/domain/normalise.hpp"

#include "model/domain/settle.hpp"
#include "xml/reader.hpp"

#include <algorithm>

namespace vireo::model::domain {

namespace {

/// QEMU and the wire count memory in KiB.
MemorySize whole_kib(MemorySize size) {
    return MemorySize::kib(size.in_kib() + (size.in_bytes() % 1024 ? 1 : 0));
}

/// A guest with NUMA nodes has the memory of these, and of its memory devices.
void complete_memory(Domain& domain) {
    std::uint64_t devices = 0, nodes = 0;
    for (auto& memory : domain.devices.memories) {
        memory.size = whole_kib(memory.size);
        devices += memory.size.in_bytes();
    }
    if (domain.cpu)
        for (auto& cell : domain.cpu->numa) {
            cell.memory = whole_kib(cell.memory);
            nodes += cell.memory.in_bytes();
        }
    if (nodes != 0) domain.memory = MemorySize::bytes(nodes + devices);
    domain.memory = whole_kib(domain.memory);
    domain.current_memory = whole_kib(domain.current_memory);
    if (domain.current_memory == MemorySize{} || domain.current_memory > domain.memory)
        domain.current_memory = domain.memory;
}

void complete_vcpus(Vcpus& vcpus) {
    if (vcpus.current == vcpus.maximum) vcpus.current.reset();
}

void complete_cpu(Cpu& cpu) {
    if (!cpu.mode && !cpu.model.empty()) cpu.mode = CpuMode::Custom;
    if (!cpu.model.empty()) {
        if (!cpu.match && cpu.mode == CpuMode::Custom) cpu.match = CpuMatch::Exact;
        if (!cpu.fallback) cpu.fallback = CpuFallback::Allow;
    }
    if (cpu.model.empty() && cpu.vendor_id.empty()) cpu.fallback.reset();
    for (auto& feature : cpu.features)
        if (!feature.policy) feature.policy = FeaturePolicy::Require;
}

/// The list may leave threads out, not the number.
void complete_iothreads(Domain& domain) {
    domain.iothread_count =
        std::max(domain.iothread_count, static_cast<std::uint32_t>(domain.iothreads.size()));
}

/// What says nothing is not there.
void drop_empty(Domain& domain) {
    if (domain.memory_backing == MemoryBacking{}) domain.memory_backing.reset();
    if (domain.os.bios == Bios{}) domain.os.bios.reset();
    if (domain.os.firmware && domain.os.loader == Loader{}) domain.os.loader.reset();
    if (domain.features == Features{}) domain.features.reset();
    for (auto& filesystem : domain.devices.filesystems) {
        if (filesystem.driver == FilesystemDriver{}) filesystem.driver.reset();
        if (filesystem.binary == FilesystemBinary{}) filesystem.binary.reset();
    }
    if (domain.power_management == PowerManagement{}) domain.power_management.reset();
    for (auto& timer : domain.clock.timers)
        if (timer.catchup == TimerCatchup{}) timer.catchup.reset();
}

void complete_features(Domain& domain) {
    if (!domain.features) return;
    auto& hyperv = domain.features->hyperv;
    if (hyperv && !hyperv->mode) hyperv->mode = HypervMode::Custom;
}

void complete_clock(Clock& clock) {
    if (clock.offset != ClockOffset::Variable) return;
    std::int64_t seconds = 0; // what is no number is none
    if (!clock.adjustment || !xml::read_value(std::string_view{*clock.adjustment}, seconds))
        clock.adjustment = "0";
    if (!clock.basis) clock.basis = ClockBasis::Utc;
}

/// Of several demands for one feature, the last one counts.
void keep_last_of_each(std::vector<FirmwareFeature>& features) {
    std::vector<FirmwareFeature> kept;
    for (auto& feature : features) {
        auto known = std::ranges::find(kept, feature.name, &FirmwareFeature::name);
        if (known == kept.end())
            kept.push_back(std::move(feature));
        else
            known->enabled = feature.enabled;
    }
    features = std::move(kept);
}

/// libvirt keeps the disks of a bus in the order of their names, at the place of the bus's first one.
void sort_disks(std::vector<Disk>& disks) {
    struct Key {
        std::string_view bus;
        std::size_t length; // "vdz" comes before "vdaa"
        std::string_view name;
        auto operator<=>(const Key&) const = default;
    };
    auto key_of = [](const Disk& disk) {
        std::string_view name = disk.target;
        auto bus = disk.bus ? name_of(*disk.bus) : name.substr(0, name.starts_with("xvd") ? 3 : 2);
        return Key{bus, name.size(), name};
    };
    std::vector<std::string> buses; // copies: a name moves with its disk
    for (const auto& disk : disks)
        if (std::ranges::find(buses, key_of(disk).bus) == buses.end()) buses.emplace_back(key_of(disk).bus);
    std::ranges::sort(disks, [&](const Disk& left, const Disk& right) {
        auto a = key_of(left), b = key_of(right);
        if (a.bus != b.bus) return std::ranges::find(buses, a.bus) < std::ranges::find(buses, b.bus);
        return a < b;
    });
}

/// Without a medium, its kind says nothing.
bool is_empty(const Disk& disk) {
    return (disk.type == DiskType::Network && !disk.network.protocol) ||
           (disk.type == DiskType::Volume && disk.details.volume.pool.empty()) ||
           (disk.type == DiskType::Block && disk.source.empty());
}

void complete_disks(std::vector<Disk>& disks) {
    for (auto& disk : disks) {
        if (disk.device == DiskDevice::Cdrom) disk.readonly = true;
        if (disk.tray == Tray::Closed) disk.tray.reset();
        if (disk.readonly && disk.snapshot == SnapshotChoice::No) disk.snapshot.reset(); // that is usual
        if (disk.device == DiskDevice::Cdrom && is_empty(disk)) disk.type = DiskType::File;
    }
    sort_disks(disks);
}

void complete_interfaces(std::vector<Interface>& interfaces) {
    for (auto& interface : interfaces)
        if (interface.mac == MacAddress{}) interface.mac = MacAddress::generate();
}

/// One video is the primary one, and stands first.
void complete_videos(std::vector<Video>& videos) {
    if (videos.empty()) return;
    auto primary = std::ranges::find(videos, std::optional{Answer::Yes}, &Video::primary);
    if (primary == videos.end()) primary = videos.begin();
    std::rotate(videos.begin(), primary, primary + 1);
    for (auto& video : videos) {
        video.primary.reset();
        if (video.type != VideoType::None && !video.heads) video.heads = 1;
    }
    if (videos.front().type != VideoType::None) videos.front().primary = Answer::Yes;
}

void complete_channels(std::vector<Channel>& channels) {
    for (auto& channel : channels)
        if (channel.source.type == CharacterType::Unix && channel.source.path.empty())
            channel.source.mode.reset(); // the driver makes the socket, as it likes
}

/// Ports that were not given follow the highest of the others.
void number_ports(std::vector<Serial>& serials) {
    std::uint32_t next = 0;
    for (const auto& serial : serials)
        if (serial.port) next = std::max(next, *serial.port + 1);
    for (auto& serial : serials)
        if (!serial.port) serial.port = next++;
}

/// A console's port is its place among the consoles; a mirror has that of its serial port.
void number_consoles(Devices& devices) {
    std::uint32_t place = 0;
    for (auto& console : devices.consoles) console.port = place++;
}

/// The first console of a guest without another kind of it is its first serial port, whichever of the two was
/// given.
void mirror_console(Devices& devices) {
    auto is_serial = [](const Console& console) {
        return !console.target || *console.target == ConsoleTarget::Serial;
    };
    auto& consoles = devices.consoles;
    if (!consoles.empty() && is_serial(consoles.front()) && devices.serials.empty()) {
        auto& serial = devices.serials.emplace_back();
        serial.source = consoles.front().source;
        serial.info = consoles.front().info;
        serial.port = 0;
    }
    if (devices.serials.empty()) return;
    if (consoles.empty() && shows_as_console(devices.serials.front())) consoles.emplace_back();
    if (!consoles.empty() && is_serial(consoles.front())) consoles.front().target = ConsoleTarget::Serial;
    mirror_serial(devices);
}

void complete_boot(Domain& domain) {
    if (domain.os.type != OsType::Hvm || !domain.os.boot.empty()) return;
    auto is_ordered = [](const auto& device) { return device.info.boot_order.has_value(); };
    const auto& devices = domain.devices;
    if (std::ranges::any_of(devices.disks, is_ordered) ||
        std::ranges::any_of(devices.interfaces, is_ordered) ||
        std::ranges::any_of(devices.hostdevs, is_ordered) ||
        std::ranges::any_of(devices.filesystems, is_ordered) ||
        std::ranges::any_of(devices.redirected_devices, is_ordered))
        return;
    domain.os.boot.push_back(BootDevice::Disk);
}

/// iSCSI names a unit of its target.
void complete_iscsi_name(std::string& name) {
    if (name.find('/') == name.npos) name += "/0";
}

void complete_hostdevs(std::vector<Hostdev>& hostdevs) {
    for (auto& hostdev : hostdevs) {
        auto* scsi = std::get_if<ScsiHostSource>(&hostdev.source);
        if (scsi != nullptr && scsi->protocol == ScsiProtocol::Iscsi) complete_iscsi_name(scsi->name);
    }
}

/// A server without a port listens where its protocol does.
void complete_network_source(NetworkSource& network) {
    if (network.protocol == DiskProtocol::Iscsi && !network.name.empty()) complete_iscsi_name(network.name);
    for (auto& host : network.hosts) {
        bool by_tcp = host.transport.value_or(NetworkTransport::Tcp) == NetworkTransport::Tcp;
        auto usual = network.protocol && by_tcp ? usual_port(*network.protocol) : std::uint16_t{0};
        if (!host.port && usual != 0) host.port = usual;
    }
}

void complete_network_sources(Domain& domain) {
    if (domain.os.nvram) complete_network_source(domain.os.nvram->network);
    for (auto& disk : domain.devices.disks) {
        complete_network_source(disk.network);
        for (auto* stores = &disk.backing_store; !stores->empty(); stores = &stores->front().next)
            complete_network_source(stores->front().network);
    }
}
} // namespace

void mirror_serial(Devices& devices) {
    bool is_mirror = !devices.consoles.empty() && !devices.serials.empty() &&
                     devices.consoles.front().target == ConsoleTarget::Serial;
    if (!is_mirror) return;
    const auto& serial = devices.serials.front();
    devices.consoles.front() = {serial.source, ConsoleTarget::Serial, serial.port, serial.info};
}

bool shows_as_console(const Serial& serial) {
    using enum SerialTarget;
    bool elsewhere = std::holds_alternative<UsbAddress>(serial.info.address) ||
                     std::holds_alternative<PciAddress>(serial.info.address);
    if (!serial.target) return !elsewhere;
    return *serial.target == Isa || *serial.target == SpaprVio || *serial.target == System ||
           *serial.target == Sclp;
}

std::optional<Audio> implied_audio(const Devices& devices) {
    auto shown_by = [&](GraphicsType type) {
        return std::ranges::find(devices.graphics, type, &Graphics::type) != devices.graphics.end();
    };
    Audio audio;
    audio.id = 1;
    if (devices.graphics.empty() || shown_by(GraphicsType::Vnc)) return audio;
    if (!shown_by(GraphicsType::Spice)) return std::nullopt;
    audio.type = AudioType::Spice;
    return audio;
}

void normalise(Domain& domain) {
    if (domain.uuid.is_nil()) domain.uuid = Uuid::generate();
    if (domain.generation_id && domain.generation_id->is_nil()) domain.generation_id = Uuid::generate();
    if (domain.cpu) complete_cpu(*domain.cpu);
    settle_numa(domain);
    complete_memory(domain);
    complete_vcpus(domain.vcpus);
    complete_iothreads(domain);
    settle_threads(domain);
    settle_labels(domain);
    settle_host(domain);
    drop_empty(domain);
    complete_features(domain);
    complete_clock(domain.clock);
    complete_disks(domain.devices.disks);
    complete_network_sources(domain);
    complete_hostdevs(domain.devices.hostdevs);
    complete_interfaces(domain.devices.interfaces);
    complete_channels(domain.devices.channels);
    complete_videos(domain.devices.videos);
    auto& features = domain.os.firmware_features;
    keep_last_of_each(features);
    auto given = [&](std::string_view name) {
        return std::ranges::find(features, name, &FirmwareFeature::name);
    };
    bool enrolled =
        given("enrolled-keys") != features.end() && given("enrolled-keys")->enabled == Answer::Yes;
    if (enrolled && given("secure-boot") == features.end()) features.push_back({"secure-boot", Answer::Yes});
    auto& loader = domain.os.loader;
    if (loader && !loader->type && !loader->path.empty() && !domain.os.firmware)
        loader->type = LoaderType::Rom;
    if (domain.os.boot_menu && domain.os.boot_menu->enable == Answer::No)
        domain.os.boot_menu->timeout.reset();
    number_ports(domain.devices.serials);
    number_consoles(domain.devices);
    // s390 has consoles of its own kind, which the hypervisor's driver knows
    if (domain.os.type == OsType::Hvm && !domain.os.arch.starts_with("s390")) mirror_console(domain.devices);
    complete_boot(domain);
}

} // namespace vireo::model::domain
