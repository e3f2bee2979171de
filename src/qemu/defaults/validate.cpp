// SPDX-License-Identifier: Apache-2.0
// What a machine of QEMU cannot have, checked when all is filled in.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
void require(bool holds, const std::string& otherwise) {
    if (!holds) throw error(ErrorCode::ConfigUnsupported, otherwise);
}

void check_firmware(const Domain& domain, Board board) {
    const auto& loader = domain.os.loader;
    bool is_uefi = domain.os.firmware == FirmwareKind::Efi || (loader && loader->type == LoaderType::Pflash);
    bool acpi = domain.features && domain.features->acpi;
    if (is_x86(domain.os.arch) && is_uefi && loader && loader->readonly == Answer::Yes && !domain.os.firmware)
        require(acpi, "UEFI on x86 needs <acpi/> among the features");
    if (domain.os.firmware == FirmwareKind::Efi && is_x86(domain.os.arch))
        require(acpi, "UEFI on x86 needs <acpi/> among the features");
    if (board == Board::Virt && domain.os.arch == "aarch64")
        require(!acpi || is_uefi, "ACPI on ARM needs UEFI");
    bool is_secure = loader && loader->secure == Answer::Yes;
    require(!is_secure || board == Board::Q35, "only machine type q35 has what secure boot needs");
    bool has_smm = domain.features && domain.features->smm && domain.features->smm->state != Switch::Off;
    require(!is_secure || domain.os.firmware || has_smm, "secure boot needs <smm state='on'/>");
}

void check_smm(const Domain& domain, Board board) {
    if (!domain.features || !domain.features->smm || !domain.features->smm->tseg) return;
    constexpr std::uint64_t mib = 1U << 20;
    require(board == Board::Q35, "only machine type q35 has <tseg>");
    require(domain.features->smm->tseg->in_bytes() % mib == 0, "the size of <tseg> is a multiple of 1 MiB");
}

void check_machine_devices(const Domain& domain) {
    const auto& devices = domain.devices;
    require(devices.smartcards.size() <= 1, "QEMU has one smartcard reader at most");
    bool has_parallel = is_x86(domain.os.arch);
    require(devices.parallels.empty() || has_parallel, "this machine type has no parallel ports");
    for (const auto& input : devices.inputs) {
        bool special = input.model.ends_with("transitional");
        bool possible = input.bus == InputBus::Virtio && input.type == InputType::Passthrough;
        require(!special || possible,
                fmt::format("an input of type '{}' has no (non-)transitional model", name_of(input.type)));
    }
}

void check_hostdevs(const Devices& devices) {
    bool has_display = !devices.graphics.empty();
    for (const auto& hostdev : devices.hostdevs) {
        require(!is_capability(hostdev.type), "a <hostdev> of mode 'capabilities' is for containers");
        auto model = hostdev.mediated_model;
        require(hostdev.display != Switch::On || has_display,
                "a <hostdev> with display='on' needs <graphics>");
        bool cannot_boot = hostdev.type == HostdevType::ScsiHost || model.has_value();
        require(!cannot_boot || !hostdev.info.boot_order, "QEMU cannot boot from such a device of the host");
        if (const auto* pci = std::get_if<PciHostSource>(&hostdev.source))
            require(!pci->write_filtering,
                    "QEMU does not filter what is written to a PCI device's registers");
        bool on_pci = std::holds_alternative<PciAddress>(hostdev.info.address);
        if (model == MediatedModel::VfioCcw && on_pci)
            throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                        "a device of model 'vfio-ccw' has an address of type 'ccw'");
    }
}

/// What QEMU, or its kinds of network, cannot do for an interface.
void check_interface(const Interface& interface) {
    using enum InterfaceType;
    auto is_any = [&](std::initializer_list<InterfaceType> types) {
        return std::ranges::find(types, interface.type) != types.end();
    };
    auto only = [&](bool holds, const char* what) {
        require(holds, fmt::format("interface {}: type '{}' has no {}", interface.mac.text(),
                                   name_of(interface.type), what));
    };
    only(!interface.mtu || is_any({Network, Bridge, Ethernet, Vhostuser}), "<mtu>");
    only(!interface.coalesced_frames || is_any({Network, Bridge, Ethernet}), "<coalesce>");
    only(interface.ips.empty() || interface.type == User, "<ip> of the guest");
    only(!interface.backend || interface.type == User, "<backend> of type 'passt'");
    only(interface.routes.empty(), "<route> of the guest");
    bool is_stand_in = interface.teaming && interface.teaming->type == TeamingType::Persistent;
    only(!is_stand_in || interface.is_virtio(), "persistent <teaming> unless its model is 'virtio'");
    only(interface.type != Vdpa || interface.is_virtio(), "model other than 'virtio'");
    bool has_virtio = !interface.driver.virtio.is_empty();
    only(!has_virtio || interface.is_virtio(), "options of virtio unless its model is 'virtio'");
}

/// The addresses of QEMU's own network.
void check_user_network(const Interface& interface) {
    std::size_t v4 = 0, v6 = 0;
    constexpr std::uint32_t shortest = 4, longest = 27, of_v6 = 64;
    for (const auto& ip : interface.ips) {
        ++(ip.is_v6() ? v6 : v4);
        require(ip.peer.empty(), "an <ip> of the guest has no peer");
        bool fits = !ip.prefix || *ip.prefix == 0 ||
                    (ip.is_v6() ? *ip.prefix == of_v6 : *ip.prefix >= shortest && *ip.prefix <= longest);
        require(fits, "the prefix of an <ip> of the guest is 4 to 27, that of IPv6 64");
    }
    require(v4 <= 1 && v6 <= 1, "an interface has one <ip> of each family");
}

/// What a display, and what is shown by it, needs.
void check_displays(const Devices& devices) {
    auto shows = [&](GraphicsType type) {
        return std::ranges::find(devices.graphics, type, &Graphics::type) != devices.graphics.end();
    };
    for (auto type : {GraphicsType::Rdp, GraphicsType::Desktop})
        require(!shows(type), fmt::format("QEMU has no graphics of type '{}'", name_of(type)));
    auto draws_on_card = [](const Graphics& graphics) {
        return graphics.type == GraphicsType::Spice && graphics.gl == Answer::Yes;
    };
    require(!shows(GraphicsType::EglHeadless) || std::ranges::none_of(devices.graphics, draws_on_card),
            "QEMU draws by OpenGL for one display: graphics of type 'egl-headless' or 'spice' with <gl>");
    for (const auto& graphics : devices.graphics) {
        if (!graphics.audio_id) continue;
        auto audio = std::ranges::find(devices.audios, *graphics.audio_id, &Audio::id);
        if (audio == devices.audios.end())
            throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                        fmt::format("<graphics>: there is no <audio> {}", *graphics.audio_id));
        require(graphics.type != GraphicsType::Dbus || audio->type == AudioType::Dbus,
                fmt::format("<graphics type='dbus'>: <audio> {} is not of type 'dbus'", audio->id));
    }
    for (const auto& audio : devices.audios)
        require(audio.type != AudioType::Spice || shows(GraphicsType::Spice),
                "audio of type 'spice' needs graphics of type 'spice'");
    for (const auto& video : devices.videos)
        require(video.type != VideoType::Xen && video.type != VideoType::Vbox &&
                    video.type != VideoType::Parallels && video.type != VideoType::Gop,
                fmt::format("QEMU has no video device of type '{}'", name_of(video.type)));
}

/// Character devices that a SPICE client serves.
void check_spice_sources(const Devices& devices) {
    bool has_spice =
        std::ranges::find(devices.graphics, GraphicsType::Spice, &Graphics::type) != devices.graphics.end();
    auto check = [&](const CharacterSource& source) {
        bool is_spice = source.type == CharacterType::Spicevmc || source.type == CharacterType::Spiceport;
        require(!is_spice || has_spice,
                fmt::format("a character device of type '{}' needs graphics of type 'spice'",
                            name_of(source.type)));
    };
    for (const auto& serial : devices.serials) check(serial.source);
    for (const auto& parallel : devices.parallels) check(parallel.source);
    for (const auto& console : devices.consoles) check(console.source);
    for (const auto& channel : devices.channels) check(channel.source);
    for (const auto& device : devices.redirected_devices) check(device.source);
    for (const auto& card : devices.smartcards)
        if (card.source) check(*card.source);
}

/// Devices of other hypervisors or machines.
void check_foreign_devices(const Domain& domain) {
    using enum ConsoleTarget;
    for (const auto& console : domain.devices.consoles) {
        auto target = console.target.value_or(Serial);
        require(target == Serial || target == Virtio || target == Sclp || target == Sclplm,
                fmt::format("QEMU has no console of type '{}'", name_of(target)));
    }
    bool is_s390 = domain.os.arch.starts_with("s390");
    for (const auto& watchdog : domain.devices.watchdogs)
        require(is_s390 || watchdog.model != WatchdogModel::Diag288,
                "a watchdog of model 'diag288' is for s390");
    for (const auto& input : domain.devices.inputs)
        if (input.bus == InputBus::Xen || input.bus == InputBus::Parallels)
            throw Error(ErrorCode::InternalError, ErrorDomain::Domain,
                        fmt::format("QEMU has no inputs on bus '{}'", name_of(*input.bus)));
}

/// What a serial port is plugged into.
void check_serials(const Devices& devices) {
    for (const auto& serial : devices.serials) {
        const auto& address = serial.info.address;
        const auto* other = std::get_if<OtherAddress>(&address);
        bool fits = std::holds_alternative<std::monostate>(address);
        switch (*serial.target) {
        case SerialTarget::Isa:
        case SerialTarget::IsaDebug: fits |= std::holds_alternative<IsaAddress>(address); break;
        case SerialTarget::Usb: fits |= std::holds_alternative<UsbAddress>(address); break;
        case SerialTarget::Pci: fits |= std::holds_alternative<PciAddress>(address); break;
        case SerialTarget::SpaprVio:
            fits |= other != nullptr && other->type == OtherAddress::Type::SpaprVio;
            break;
        case SerialTarget::System:
        case SerialTarget::Sclp: break;
        }
        require(fits, fmt::format("a <serial> of type '{}' has no such address", name_of(*serial.target)));
    }
}

void check_panics(const Devices& devices, Board board) {
    std::set<PanicModel> models;
    for (const auto& panic : devices.panics) {
        bool is_open = std::holds_alternative<std::monostate>(panic.info.address);
        bool on_isa = std::holds_alternative<IsaAddress>(panic.info.address);
        require(is_open || (panic.model == PanicModel::Isa && on_isa),
                fmt::format("a panic device of model '{}' has no such address", name_of(*panic.model)));
        require(panic.model != PanicModel::Pseries || board == Board::Pseries,
                "a panic device of model 'pseries' is for machines of type 'pseries'");
        require(panic.model != PanicModel::S390 || board == Board::S390,
                "a panic device of model 's390' is for s390");
        if (!models.insert(*panic.model).second)
            throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                        fmt::format("there are several panic devices of model '{}'", name_of(*panic.model)));
    }
}

void check_spice(const Devices& devices) {
    for (const auto& graphics : devices.graphics) {
        if (graphics.type != GraphicsType::Spice) continue;
        bool secured = std::ranges::any_of(graphics.spice.channels, [](const SpiceChannel& channel) {
            return channel.mode == SpiceChannelMode::Secure;
        });
        require(!graphics.spice.tls_port && !secured &&
                    graphics.spice.default_mode != SpiceChannelMode::Secure,
                "TLS of spice is not configured on this host: leave out tlsPort and secure channels");
    }
}

/// What spice carries goes nowhere without it.
void check_spice_channels(const Devices& devices) {
    bool has_spice =
        std::ranges::find(devices.graphics, GraphicsType::Spice, &Graphics::type) != devices.graphics.end();
    auto check = [&](const CharacterSource& source) {
        require(has_spice || source.type != CharacterType::Spicevmc,
                "a character device of type 'spicevmc' needs graphics of type 'spice'");
    };
    for (const auto& channel : devices.channels) check(channel.source);
    for (const auto& device : devices.redirected_devices) check(device.source);
    for (const auto& card : devices.smartcards)
        if (card.source) check(*card.source);
}

void check_launch_security(const Domain& domain) {
    const auto& security = domain.launch_security;
    require(!security || security->type != LaunchSecurityType::Sev,
            "this host has no AMD SEV, which <launchSecurity type='sev'> needs");
    require(!security || domain.type == VirtType::Kvm,
            "<launchSecurity type='s390-pv'> is for domains of type 'kvm' on s390");
}

void check_cpu_tuning(const Domain& domain) {
    bool partitions = !domain.cpu_tuning.caches.empty() || !domain.cpu_tuning.memory_bandwidths.empty();
    require(!partitions || domain.type == VirtType::Kvm,
            "parts of the host's caches are for domains of type 'kvm'");
}

/// pseries plugs whole cores, with all of their threads.
void check_cores(const Domain& domain, Board board) {
    if (board != Board::Pseries || !domain.cpu || !domain.cpu->topology) return;
    auto threads = domain.cpu->topology->threads;
    auto current = domain.vcpus.current.value_or(domain.vcpus.maximum);
    require(
        domain.vcpus.maximum % threads == 0 && current % threads == 0,
        fmt::format("this machine type has whole cores: the number of vcpus is a multiple of {}", threads));
}

void check_actions(const Domain& domain) {
    bool renames = domain.on_crash == CrashAction::RenameRestart;
    for (auto action : {domain.on_poweroff, domain.on_reboot})
        renames |= action == LifecycleAction::RenameRestart;
    require(!renames, "QEMU gives a guest that starts again no other name");
    for (auto action : {domain.on_poweroff, domain.on_reboot})
        require(action != LifecycleAction::Preserve,
                "a guest that ends or reboots is not kept for a look at it: only on_crash is 'preserve'");
    require(domain.on_poweroff != LifecycleAction::Restart || domain.on_reboot != LifecycleAction::Destroy,
            "under QEMU a guest cannot start again at power off and end at a reboot");
}

void check_features(const Domain& domain, Board board) {
    if (!domain.features) return;
    const auto& features = *domain.features;
    auto is_there = [](const auto& value) {
        if constexpr (requires { value.empty(); })
            return !value.empty();
        else
            return value.has_value();
    };
    auto only_if = [&](bool possible, const char* name, const auto& value) {
        require(possible || !is_there(value),
                fmt::format("machine type {} has no feature '{}'", domain.os.machine, name));
    };
    bool is_pseries = board == Board::Pseries;
    only_if(is_pseries, "hpt", features.hpt_resizing);
    only_if(is_pseries, "hpt", features.hpt_max_page);
    only_if(is_pseries, "htm", features.htm);
    only_if(is_pseries, "nested-hv", features.nested_hv);
    only_if(is_pseries, "ccf-assist", features.ccf_assist);
    only_if(is_pseries, "cfpc", features.cfpc);
    only_if(is_pseries, "sbbc", features.sbbc);
    only_if(is_pseries, "ibs", features.ibs);
    only_if(is_x86(domain.os.arch), "vmport", features.vmport);
    require(!features.has_gic || (board == Board::Virt && is_arm(domain.os.arch)),
            fmt::format("machine type {} has no feature 'gic'", domain.os.machine));
    require(!features.tcg_cache || domain.type == VirtType::Qemu,
            "the feature 'tcg' is for domains of type 'qemu'");
}

void check_firmware_files(const Domain& domain) {
    for (const auto& info : domain.system_infos)
        for (const auto& file : info.files) {
            bool is_reserved = file.name.starts_with("opt/ovmf/") || file.name.starts_with("opt/org.qemu/");
            require(!is_reserved, fmt::format("<sysinfo type='fwcfg'>: '{}' is QEMU's own name", file.name));
            require(
                file.name.starts_with("opt/"),
                fmt::format("<sysinfo type='fwcfg'>: the name '{}' does not begin with 'opt/'", file.name));
        }
}
} // namespace

void check_completed(const Domain& domain) {
    auto board = board_of(domain.os.machine);
    check_firmware(domain, board);
    check_smm(domain, board);
    check_storage(domain);
    check_platform(domain);
    check_machine_devices(domain);
    check_panics(domain.devices, board);
    check_serials(domain.devices);
    check_hostdevs(domain.devices);
    for (const auto& interface : domain.devices.interfaces) {
        check_interface(interface);
        check_user_network(interface);
    }
    check_displays(domain.devices);
    check_spice_sources(domain.devices);
    check_foreign_devices(domain);
    check_spice(domain.devices);
    check_spice_channels(domain.devices);
    check_launch_security(domain);
    check_cpu_tuning(domain);
    check_cores(domain, board);
    check_firmware_files(domain);
    check_features(domain, board);
    check_actions(domain);
}

} // namespace vireo::qemu
