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
        auto model = hostdev.attribute("model");
        require(hostdev.attribute("display") != "on" || has_display,
                "a <hostdev> with display='on' needs <graphics>");
        bool cannot_boot =
            hostdev.attribute("type") == "scsi_host" || model == "vfio-ap" || model == "vfio-ccw";
        require(!cannot_boot || !hostdev.info.boot_order, "QEMU cannot boot from such a device of the host");
        bool on_pci = std::holds_alternative<PciAddress>(hostdev.info.address);
        if (model == "vfio-ccw" && on_pci)
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

void check_launch_security(const Domain& domain) {
    const auto* security = domain.kept.element("launchSecurity");
    require(security == nullptr || security->find("type='sev'") == std::string::npos,
            "this host has no AMD SEV, which <launchSecurity type='sev'> needs");
    const auto* tuning = domain.kept.element("cputune");
    bool partitions = tuning != nullptr && (tuning->find("<cachetune") != std::string::npos ||
                                            tuning->find("<memorytune") != std::string::npos);
    require(!partitions || domain.type == VirtType::Kvm,
            "parts of the host's caches are for domains of type 'kvm'");
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
    check_launch_security(domain);
}

} // namespace vireo::qemu
