// SPDX-License-Identifier: Apache-2.0
#include "model/domain/normalise.hpp"

#include "base/error.hpp"

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
        throw error(ErrorCode::XmlError, "<vcpu> is zero; a domain needs one at least");
    if (domain.vcpus.current > domain.vcpus.maximum)
        throw error(ErrorCode::XmlError,
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

/// Calls `visit` with the info of every described device.
void for_each_info(const Devices& devices, auto visit) {
    auto all = [&](const auto& list) {
        for (const auto& device : list) visit(device.info);
    };
    all(devices.disks);
    all(devices.controllers);
    all(devices.interfaces);
    all(devices.serials);
    all(devices.channels);
    all(devices.inputs);
    all(devices.videos);
    all(devices.rngs);
    if (devices.memory_balloon) visit(devices.memory_balloon->info);
}

void check_boot_orders(const Domain& domain) {
    std::set<std::uint32_t> orders;
    for_each_info(domain.devices, [&](const DeviceInfo& info) {
        if (!info.boot_order) return;
        if (!domain.os.boot.empty())
            throw error(ErrorCode::ConfigUnsupported,
                        "<boot order=…> of a device and <boot dev=…> of the <os> "
                        "cannot be used together");
        if (!orders.insert(*info.boot_order).second)
            throw error(ErrorCode::XmlError, fmt::format("two devices have boot order {}", *info.boot_order));
    });
}

void check_aliases(const Devices& devices) {
    std::set<std::string_view> aliases;
    for_each_info(devices, [&](const DeviceInfo& info) {
        if (info.has_user_alias() && !aliases.insert(info.alias).second)
            throw error(ErrorCode::XmlError, fmt::format("two devices have the alias '{}'", info.alias));
    });
}

} // namespace

void validate(const Domain& domain) {
    check_identity(domain);
    check_machine(domain);
    check_targets(domain.devices);
    check_controllers(domain.devices);
    check_consoles(domain.devices);
    check_boot_orders(domain);
    check_aliases(domain.devices);
}

} // namespace vireo::model::domain
