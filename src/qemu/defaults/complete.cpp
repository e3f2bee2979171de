// SPDX-License-Identifier: Apache-2.0
#include "qemu/defaults/complete.hpp"

#include "model/domain/normalise.hpp"
#include "qemu/defaults/steps.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

Board board_of(std::string_view machine) {
    if (machine == "q35" || machine.starts_with("pc-q35-")) return Board::Q35;
    if (machine == "pc" || machine.starts_with("pc-i440fx-")) return Board::I440fx;
    if (machine == "virt" || machine.starts_with("virt-")) return Board::Virt;
    if (machine == "pseries" || machine.starts_with("pseries-")) return Board::Pseries;
    if (machine == "s390-ccw-virtio" || machine.starts_with("s390-ccw-virtio-")) return Board::S390;
    return Board::Other;
}

bool is_arm(std::string_view arch) { return arch == "aarch64" || arch.starts_with("armv"); }

bool has_express(Board board) { return board == Board::Q35 || board == Board::Virt; }

std::string emulator_of(const Domain& domain, std::string_view host_arch) {
    if (!domain.devices.emulator.empty()) return domain.devices.emulator;
    auto arch = domain.os.arch.empty() ? host_arch : std::string_view{domain.os.arch};
    return fmt::format("/usr/bin/qemu-system-{}", target_of(arch));
}

namespace {
void require_type(const Domain& domain, const Capabilities& capabilities) {
    bool possible = domain.type == VirtType::Kvm    ? capabilities.has_kvm
                    : domain.type == VirtType::Qemu ? capabilities.has_tcg
                                                    : false;
    if (!possible)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{} cannot run domains of type '{}'; it can run:{}{}", capabilities.emulator,
                                name_of(domain.type), capabilities.has_tcg ? " qemu" : "",
                                capabilities.has_kvm ? " kvm" : ""));
}

void require_architecture(const Domain& domain, const Capabilities& capabilities) {
    if (domain.os.type != OsType::Hvm)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("QEMU runs guests of type 'hvm', not '{}'", name_of(domain.os.type)));
    bool narrower = domain.os.arch == "i686" && capabilities.arch == "x86_64"; // a 64-bit emulator runs both
    if (!domain.os.arch.empty() && domain.os.arch != capabilities.arch && !narrower)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{} is for architecture '{}', but the domain asks for '{}'",
                                capabilities.emulator, capabilities.arch, domain.os.arch));
}

bool has_boot_order(const Devices& devices) {
    auto ordered = [](const auto& device) { return device.info.boot_order.has_value(); };
    return std::ranges::any_of(devices.disks, ordered) || std::ranges::any_of(devices.interfaces, ordered) ||
           std::ranges::any_of(devices.hostdevs, ordered) ||
           std::ranges::any_of(devices.filesystems, ordered) ||
           std::ranges::any_of(devices.redirected_devices, ordered);
}
} // namespace

void complete_machine(Domain& domain, const Capabilities& capabilities) {
    require_type(domain, capabilities);
    require_architecture(domain, capabilities);
    if (domain.os.arch.empty()) domain.os.arch = capabilities.arch;
    const auto& machine = capabilities.require_machine(domain.os.machine);
    domain.os.machine = machine.name;
    if (domain.vcpus.maximum > machine.max_cpus)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("machine type {} has at most {} vcpus, {} were asked for", machine.name,
                                machine.max_cpus, domain.vcpus.maximum));
    if (domain.devices.emulator.empty()) domain.devices.emulator = capabilities.emulator;
    if (domain.os.boot.empty() && !has_boot_order(domain.devices)) domain.os.boot.push_back(BootDevice::Disk);
}

namespace {
/// QEMU tells the default as the name of a type of objects, which some architectures do not name after
/// models.
std::string model_of(std::string_view type) {
    for (std::string_view suffix :
         {"-arm-cpu", "-powerpc64-cpu", "-powerpc-cpu", "-s390x-cpu", "-s390-cpu", "-riscv-cpu"})
        if (type.ends_with(suffix)) type.remove_suffix(suffix.size());
    auto version = type.find("_v");
    if (type.starts_with("power") && version != type.npos) // "power9_v2.0"
        return fmt::format("POWER{}", type.substr(5, version - 5));
    return std::string{type};
}

/// libvirt knows CPU models of these architectures; guests of others run on what their machine has.
bool has_cpu_models(std::string_view arch) {
    return arch == "x86_64" || arch == "i686" || is_arm(arch) || arch.starts_with("ppc") ||
           arch.starts_with("s390");
}
} // namespace

void complete_cpu(Domain& domain, const Capabilities& capabilities) {
    const auto& default_cpu = capabilities.require_machine(domain.os.machine).default_cpu;
    auto is_open = [](const Cpu& cpu) {
        return cpu.mode.value_or(CpuMode::Custom) == CpuMode::Custom && cpu.model.empty();
    };
    bool chosen = domain.cpu && !is_open(*domain.cpu);
    if (!chosen && (default_cpu.empty() || !has_cpu_models(domain.os.arch))) return;
    if (!domain.cpu) domain.cpu.emplace();
    auto& cpu = *domain.cpu;
    if (!chosen) {
        cpu.match.reset();
        cpu.model = model_of(default_cpu);
        cpu.fallback = CpuFallback::Forbid;
        if (!cpu.check) cpu.check = CpuCheck::None;
    }
    if (!cpu.mode) cpu.mode = CpuMode::Custom;
    if (*cpu.mode == CpuMode::Custom) {
        if (!cpu.match) cpu.match = CpuMatch::Exact;
        if (!cpu.fallback) cpu.fallback = CpuFallback::Allow;
        // without KVM there is no host processor to compare with
        if (!cpu.check) cpu.check = domain.type == VirtType::Kvm ? CpuCheck::Partial : CpuCheck::None;
        return;
    }
    if (*cpu.mode == CpuMode::HostModel) {
        if (!cpu.check) cpu.check = CpuCheck::Partial;
        if (cpu.model.empty()) cpu.fallback.reset();
        return;
    }
    cpu.model.clear(); // that of the host, or all that QEMU has
    cpu.fallback.reset();
    cpu.match.reset();
    if (!cpu.check) cpu.check = CpuCheck::None;
    if (!cpu.migratable && *cpu.mode == CpuMode::HostPassthrough) cpu.migratable = Switch::On;
}

void complete(Domain& domain, const Capabilities& capabilities, Occasion occasion) {
    complete_machine(domain, capabilities);
    complete_cpu(domain, capabilities);
    complete_disks(domain);
    complete_devices(domain, capabilities);
    auto board = board_of(domain.os.machine);
    complete_controllers(domain, capabilities);
    assign_drive_addresses(domain);
    add_drive_controllers(domain, capabilities);
    if (occasion == Occasion::Definition) check_controllers(domain);
    assign_virtio_serial_ports(domain);
    add_smartcard_readers(domain);
    assign_usb_ports(domain);
    assign_memory_slots(domain);
    if (board == Board::Pseries) assign_vio_addresses(domain);
    if (board == Board::S390) assign_ccw_addresses(domain);
    bool on_board = board == Board::Other || (board == Board::Virt && has_mmio_devices(domain));
    if (on_board && is_arm(domain.os.arch)) assign_mmio_addresses(domain);
    if (board != Board::Other) assign_pci_addresses(domain);
    order_controllers(domain);
    model::domain::mirror_serial(domain.devices);
    check_completed(domain);
}

} // namespace vireo::qemu
