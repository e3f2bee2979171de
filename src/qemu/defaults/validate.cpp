// SPDX-License-Identifier: Apache-2.0
// What a machine of QEMU cannot have, checked when all is filled in.
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

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
    for (const auto& panic : devices.panics) {
        bool is_open = std::holds_alternative<std::monostate>(panic.info.address);
        require(panic.model == PanicModel::Isa || is_open,
                fmt::format("a panic device of model '{}' has no address", name_of(*panic.model)));
    }
    std::size_t isa = 0;
    for (const auto& panic : devices.panics) isa += panic.model == PanicModel::Isa ? 1 : 0;
    if (isa > 1)
        throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                    "there are several panic devices of model 'isa'");
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
        require(hostdev.ramfb != Switch::On || hostdev.display == Switch::On,
                "a <hostdev> with ramfb='on' needs display='on'");
        bool cannot_boot = hostdev.type == HostdevType::ScsiHost || model == MediatedModel::VfioAp ||
                           model == MediatedModel::VfioCcw;
        require(!cannot_boot || !hostdev.info.boot_order, "QEMU cannot boot from such a device of the host");
        bool on_pci = std::holds_alternative<PciAddress>(hostdev.info.address);
        if (model == MediatedModel::VfioCcw && on_pci)
            throw Error(ErrorCode::XmlError, ErrorDomain::Domain,
                        "a device of model 'vfio-ccw' has an address of type 'ccw'");
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

void check_firmware_files(const Domain& domain) {
    for (const auto& info : domain.system_infos)
        for (const auto& file : info.files)
            require(
                file.name.starts_with("opt/"),
                fmt::format("<sysinfo type='fwcfg'>: the name '{}' does not begin with 'opt/'", file.name));
}
} // namespace

void check_completed(const Domain& domain) {
    auto board = board_of(domain.os.machine);
    check_firmware(domain, board);
    check_smm(domain, board);
    check_storage(domain);
    check_platform(domain);
    check_machine_devices(domain);
    check_hostdevs(domain.devices);
    check_spice(domain.devices);
    check_spice_channels(domain.devices);
    check_launch_security(domain);
    check_cpu_tuning(domain);
    check_cores(domain, board);
    check_firmware_files(domain);
}

} // namespace vireo::qemu
