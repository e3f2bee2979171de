// SPDX-License-Identifier: Apache-2.0
#include "model/domain/normalise.hpp"

#include "base/error.hpp"
#include "model/domain/describe/device_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vireo::model::domain {

namespace {

Error error(ErrorCode code, const std::string& message) {
    return {code, code == ErrorCode::XmlError ? ErrorDomain::Xml : ErrorDomain::Domain, message};
}

void check_identity(const Domain& domain) {
    if (domain.name.empty()) throw error(ErrorCode::NoName, "the domain has no <name>");
    if (domain.name.find_first_of("/\n") != std::string::npos)
        throw error(ErrorCode::XmlError,
                    fmt::format("domain name '{}' contains a '/' or a line break", domain.name));
    if (domain.title.find('\n') != std::string::npos)
        throw error(ErrorCode::XmlError, "the domain's <title> contains a line break");
}

void check_machine(const Domain& domain) {
    static constexpr std::string_view architectures[] = {
        "alpha",     "armv6l",      "armv7l", "armv7b",     "aarch64",      "cris",  "i686",    "ia64",
        "lm32",      "loongarch64", "m68k",   "microblaze", "microblazeel", "mips",  "mipsel",  "mips64",
        "mips64el",  "openrisc",    "parisc", "parisc64",   "ppc",          "ppc64", "ppc64le", "ppcemb",
        "riscv32",   "riscv64",     "s390",   "s390x",      "sh4",          "sh4eb", "sparc",   "sparc64",
        "unicore32", "x86_64",      "xtensa", "xtensaeb"};
    if (!domain.os.arch.empty() &&
        std::ranges::find(architectures, domain.os.arch) == std::end(architectures))
        throw error(
            ErrorCode::ConfigUnsupported,
            fmt::format("unknown architecture '{}' in /domain/os/type; usual ones are x86_64, aarch64",
                        domain.os.arch));
    bool has_numa = domain.cpu && !domain.cpu->numa.empty();
    if (domain.memory == MemorySize{} && !has_numa)
        throw error(ErrorCode::XmlError, "the domain has no memory: <memory> is missing or zero");
    if (domain.vcpus.maximum == 0)
        throw error(ErrorCode::InternalError, "<vcpu> is zero; a domain needs one at least");
    if (domain.vcpus.current == 0U)
        throw error(ErrorCode::ConfigUnsupported, "<vcpu current='0'>: the first processor is always there");
    if (domain.vcpus.current > domain.vcpus.maximum)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("<vcpu>: {} current processors are more than the maximum of {}",
                                domain.vcpus.current.value_or(0), domain.vcpus.maximum));
    if (domain.cpu && domain.cpu->topology && domain.cpu->topology->vcpus() != domain.vcpus.maximum)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("/domain/cpu/topology makes {} processors, but <vcpu> says {}",
                                domain.cpu->topology->vcpus(), domain.vcpus.maximum));
}

void check_targets(const Devices& devices) {
    std::set<std::string_view> targets;
    for (const auto& disk : devices.disks)
        if (!targets.insert(disk.target).second)
            throw error(ErrorCode::XmlError, fmt::format("two disks have the target '{}'", disk.target));
}

void check_controllers(const Devices& devices) {
    std::set<std::pair<ControllerType, std::uint32_t>> indexes;
    for (const auto& controller : devices.controllers)
        if (controller.index && !controller.master_start_port &&
            !indexes.emplace(controller.type, *controller.index).second &&
            controller.type != ControllerType::Usb)
            throw error(ErrorCode::XmlError, fmt::format("two controllers of type '{}' have index {}",
                                                         name_of(controller.type), *controller.index));
}

void check_consoles(const Devices& devices) {
    for (std::size_t i = 1; i < devices.consoles.size(); ++i)
        if (devices.consoles[i].target.value_or(ConsoleTarget::Serial) == ConsoleTarget::Serial)
            throw error(
                ErrorCode::ConfigUnsupported,
                fmt::format("/domain/devices/console[{}] is a serial port; only the first console can be one",
                            i + 1));
}

/// Calls `visit` with the info of every device but the consoles, whose first is often a serial port again.
void for_each_own_info(const Devices& devices, auto visit) {
    for_each_device(devices, [&]<class T>(const char*, const T& device) {
        if constexpr (!std::is_same_v<T, Console> && requires { device.info; }) visit(device.info);
    });
}

void check_boot_orders(const Domain& domain) {
    std::set<std::uint32_t> orders;
    for_each_own_info(domain.devices, [&](const DeviceInfo& info) {
        if (!info.boot_order) return;
        if (!domain.os.boot.empty())
            throw error(ErrorCode::ConfigUnsupported,
                        "<boot order=…> of a device and <boot dev=…> of the <os> "
                        "cannot be used together");
        if (!orders.insert(*info.boot_order).second)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("two devices have boot order {}", *info.boot_order));
    });
}

void check_aliases(const Devices& devices) {
    std::set<std::string_view> aliases;
    for_each_own_info(devices, [&](const DeviceInfo& info) {
        if (info.has_user_alias() && !aliases.insert(info.alias).second)
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("two devices have the alias '{}'", info.alias));
    });
}

void check_firmware(const Os& os, bool live) {
    auto fail = [](const std::string& message) { throw error(ErrorCode::XmlDetail, message); };
    bool automatic = os.firmware.has_value();
    if (!automatic && !os.firmware_features.empty())
        fail("<firmware> chooses among installed firmware: <os firmware='efi'> is missing");
    if (os.firmware == FirmwareKind::Bios && os.nvram) fail("firmware of type 'bios' has no <nvram>");
    if (!automatic && !os.loader && os.nvram) fail("<nvram> is of a <loader>, which is missing");
    if (!os.loader) return;
    const auto& loader = *os.loader;
    if (!automatic && loader.path.empty() && loader.secure != Answer::Yes)
        fail("the <loader> is empty, and no firmware is chosen for it");
    if (automatic && !live && (loader.type || loader.readonly || !loader.path.empty()))
        fail("<os firmware=…> chooses the loader: only its 'secure' and 'stateless' may be given");
    bool is_flash = loader.type == LoaderType::Pflash || automatic;
    if (loader.stateless == Answer::Yes && os.nvram && !os.nvram->template_path.empty())
        fail("a stateless loader has no template of its variables");
    if (loader.stateless == Answer::No && !is_flash) fail("only a loader of type 'pflash' keeps a state");
}

void check_features(const Domain& domain) {
    const auto& cpu = domain.cpu;
    auto fail = [](const std::string& message) { throw error(ErrorCode::ConfigUnsupported, message); };
    if (cpu && cpu->cache) {
        const auto& cache = *cpu->cache;
        bool of_host = cpu->mode == CpuMode::HostPassthrough || cpu->mode == CpuMode::Maximum;
        if (cache.mode == "emulate" && cache.level != 3U) fail("CPU cache mode 'emulate' is of level 3");
        if (cache.mode != "emulate" && cache.level) fail("only CPU cache mode 'emulate' has a level");
        if (cache.mode == "passthrough" && !of_host)
            fail("CPU cache mode 'passthrough' needs CPU mode 'host-passthrough' or 'maximum'");
    }
    if (cpu && cpu->physical_bits) {
        const auto& bits = *cpu->physical_bits;
        if (bits.mode == "emulate" && !bits.bits) fail("<maxphysaddr mode='emulate'> needs bits");
        if (bits.mode == "passthrough" && bits.bits) fail("<maxphysaddr mode='passthrough'> has no bits");
    }
    bool can_grow = domain.max_memory && domain.max_memory->slots != 0;
    bool has_nodes = cpu && !cpu->numa.empty();
    if (can_grow && !has_nodes && !domain.os.arch.starts_with("ppc"))
        fail("memory that can grow (<maxMemory>) needs a NUMA node at least");
}

void check_numa(const Domain& domain) {
    auto cells = domain.cpu ? domain.cpu->numa.size() : 0;
    if (!domain.memory_backing) return;
    for (const auto& page : domain.memory_backing->pages) {
        if (page.nodeset.empty()) continue;
        auto digits = page.nodeset.find_last_not_of("0123456789");
        auto last = std::stoul(page.nodeset.substr(digits == page.nodeset.npos ? 0 : digits + 1));
        if (last >= std::max<std::size_t>(cells, 1))
            throw error(ErrorCode::XmlDetail, fmt::format("<hugepages>: there is no NUMA node {}", last));
    }
}

void check_graphics(const Devices& devices) {
    auto fail = [](const std::string& message) { throw error(ErrorCode::ConfigUnsupported, message); };
    auto has = [&](GraphicsType type) {
        return std::ranges::find(devices.graphics, type, &Graphics::type) != devices.graphics.end();
    };
    bool alone = devices.graphics.size() == 1;
    if (!alone && has(GraphicsType::EglHeadless) && !has(GraphicsType::Vnc) && !has(GraphicsType::Spice))
        fail("graphics of type 'egl-headless' needs one of type 'vnc' or 'spice' beside it");
}

void check_system_information(const Domain& domain) {
    for (const auto& info : domain.system_infos) {
        if (info.system)
            for (const auto& entry : info.system->entries)
                if (entry.name == "uuid" && Uuid::parse(entry.value) != std::optional{domain.uuid})
                    throw error(ErrorCode::XmlDetail, "<sysinfo> has another uuid than the domain");
        if (!info.bios) continue;
        for (const auto& entry : info.bios->entries) {
            auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
            bool is_date = entry.value.size() >= 8 && entry.value.size() <= 10 &&
                           std::ranges::count(entry.value, '/') == 2 &&
                           std::ranges::all_of(entry.value, [&](char c) { return c == '/' || is_digit(c); });
            if (entry.name == "date" && !is_date)
                throw error(ErrorCode::XmlDetail, "the date of a BIOS is written as month/day/year");
        }
    }
}

void check_queues(const Devices& devices) {
    auto is_power = [](std::uint32_t number) { return (number & (number - 1)) == 0; };
    for (const auto& interface : devices.interfaces)
        for (auto size : {interface.driver.rx_queue_size, interface.driver.tx_queue_size})
            if (size && !is_power(*size))
                throw error(ErrorCode::ConfigUnsupported, "sizes of an interface's queues are powers of two");
}

/// Two descriptions of one device of the host, whatever else is said of it.
bool is_same_device(const HostdevSource& left, const HostdevSource& right) {
    if (left.index() != right.index()) return false;
    if (const auto* usb = std::get_if<UsbHostSource>(&left)) {
        const auto& other = std::get<UsbHostSource>(right);
        bool same_kind = usb->vendor == other.vendor && usb->product == other.product;
        bool by_place = usb->bus && other.bus;
        return by_place ? usb->bus == other.bus && usb->device == other.device : same_kind;
    }
    if (const auto* pci = std::get_if<PciHostSource>(&left))
        return pci->address == std::get<PciHostSource>(right).address;
    return left == right;
}

void check_bios(const Domain& domain) {
    if (domain.os.bios && domain.os.bios->use_serial == Answer::Yes && domain.devices.serials.empty())
        throw error(ErrorCode::XmlError, "<bios useserial='yes'> needs a serial port");
}

/// Devices of the host that are passed on twice; an interface can be one, too.
void check_hostdevs(const Devices& devices) {
    std::vector<const HostdevSource*> sources;
    auto add = [&](const HostdevSource& source) {
        if (std::ranges::any_of(sources, [&](const auto* other) { return is_same_device(source, *other); }))
            throw error(ErrorCode::XmlError, "the same device of the host is passed on twice");
        sources.push_back(&source);
    };
    auto is_ap = [](const Hostdev& device) { return device.mediated_model == MediatedModel::VfioAp; };
    if (std::ranges::count_if(devices.hostdevs, is_ap) > 1)
        throw error(ErrorCode::ConfigUnsupported, "a guest has one <hostdev> of model 'vfio-ap' at most");
    for (const auto& device : devices.hostdevs)
        if (!is_capability(device.type)) add(device.source);
    for (const auto& interface : devices.interfaces)
        if (interface.type == InterfaceType::Hostdev) add(interface.source.hostdev);
}

/// Ports of the guest have numbers of their own.
void check_ports(const Devices& devices) {
    std::set<std::uint32_t> ports;
    for (const auto& serial : devices.serials)
        if (serial.port && !ports.insert(*serial.port).second)
            throw error(ErrorCode::InternalError, fmt::format("two <serial> have port {}", *serial.port));
}

/// Sound cards play by a backend that is there.
void check_audio(const Devices& devices) {
    std::set<std::uint32_t> ids;
    for (const auto& audio : devices.audios)
        if (!ids.insert(audio.id).second)
            throw error(ErrorCode::XmlError, fmt::format("two <audio> have id {}", audio.id));
    for (const auto& sound : devices.sounds)
        if (sound.audio_id && !ids.contains(*sound.audio_id))
            throw error(ErrorCode::XmlError, fmt::format("<sound>: there is no <audio> {}", *sound.audio_id));
}

/// Devices that a guest has one of, and sources that only channels have.
void check_single_devices(const Devices& devices) {
    if (devices.watchdogs.size() > 1)
        throw error(ErrorCode::InternalError, "a domain has one <watchdog> at most");
    auto refuse = [](const CharacterSource& source) {
        if (source.type == CharacterType::Spicevmc)
            throw error(ErrorCode::ConfigUnsupported,
                        "only channels of type 'virtio' are of type 'spicevmc'");
    };
    for (const auto& serial : devices.serials) refuse(serial.source);
    for (const auto& parallel : devices.parallels) refuse(parallel.source);
    for (const auto& console : devices.consoles) refuse(console.source);
}

void check_tpms(const Devices& devices) {
    auto is_proxy = [](const Tpm& tpm) { return tpm.model == TpmModel::SpaprProxy; };
    auto proxies = static_cast<std::size_t>(std::ranges::count_if(devices.tpms, is_proxy));
    if (proxies > 1 || devices.tpms.size() - proxies > 1)
        throw error(ErrorCode::ConfigUnsupported, "a domain has one TPM, and one TPM proxy, at most");
}

void check_pool(const auto& thread) {
    if (thread.pool_min.value_or(0) < 0 || thread.pool_max.value_or(0) < 0)
        throw error(ErrorCode::XmlError, "a pool of threads has a positive size");
    if (thread.pool_min.value_or(-1) > thread.pool_max.value_or(-1))
        throw error(ErrorCode::ConfigUnsupported,
                    "thread_pool_min needs a thread_pool_max that is not below it");
}

void check_iothreads(const Domain& domain) {
    std::set<std::uint32_t> numbers;
    for (const auto& thread : domain.iothreads) {
        if (!numbers.insert(thread.id).second)
            throw error(ErrorCode::XmlError, fmt::format("two iothreads have number {}", thread.id));
        check_pool(thread);
    }
    if (domain.default_iothread) check_pool(*domain.default_iothread);
}
} // namespace

void validate(const Domain& domain, bool live) {
    check_firmware(domain.os, live);
    check_features(domain);
    check_numa(domain);
    check_graphics(domain.devices);
    check_system_information(domain);
    check_queues(domain.devices);
    check_tpms(domain.devices);
    check_audio(domain.devices);
    check_single_devices(domain.devices);
    check_ports(domain.devices);
    check_iothreads(domain);
    check_bios(domain);
    check_identity(domain);
    check_machine(domain);
    check_targets(domain.devices);
    check_controllers(domain.devices);
    check_consoles(domain.devices);
    check_boot_orders(domain);
    check_hostdevs(domain.devices);
    check_aliases(domain.devices);
}

} // namespace vireo::model::domain
