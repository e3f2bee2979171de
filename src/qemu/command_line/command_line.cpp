// SPDX-License-Identifier: Apache-2.0
#include "qemu/command_line/command_line.hpp"

#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

std::string escape(std::string_view value) {
    std::string escaped;
    for (char character : value) escaped.append(character == ',' ? 2 : 1, character);
    return escaped;
}

CommandLineBuilder::CommandLineBuilder(const Domain& domain, const Capabilities& capabilities,
                                       const LaunchContext& context)
    : domain_{domain}, devices_{domain.devices}, capabilities_{capabilities}, context_{context},
      board_{board_of(domain.os.machine)} {
    if (board_ == Board::Other)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("machine type {} cannot be started by this version; it starts 'q35' and 'pc'",
                                domain.os.machine));
}

CommandLine CommandLineBuilder::build() {
    number_boot_devices();
    add_environment();
    add_identity();
    add_machine();
    add_cpu();
    add_memory();
    add_vcpus();
    option("-uuid", domain_.uuid.text());
    if (devices_.graphics.empty()) option("-display", "none");
    add_monitor();
    add_clock();
    add_power();
    add_boot();
    add_controllers();
    add_floppy_controller();
    // Disks are numbered from the last one on, so that nodes of a chain would come before their disk's.
    for (std::size_t number = 0; number < devices_.disks.size(); ++number)
        add_disk(devices_.disks[number], devices_.disks.size() - number);
    for (std::size_t number = 0; number < devices_.interfaces.size(); ++number)
        add_interface(devices_.interfaces[number], number);
    for (const auto& serial : devices_.serials) add_serial(serial);
    for (const auto& channel : devices_.channels) add_channel(channel);
    for (const auto& console : devices_.consoles) add_console(console);
    for (const auto& input : devices_.inputs) add_input(input);
    for (const auto& audio : devices_.audios) add_audio(audio);
    for (const auto& graphics : devices_.graphics) add_graphics(graphics);
    for (const auto& video : devices_.videos) add_video(video, &video == &devices_.videos.front());
    add_balloon();
    for (std::size_t number = 0; number < devices_.rngs.size(); ++number)
        add_rng(devices_.rngs[number], number);
    add_security();
    return std::move(line_);
}

void CommandLineBuilder::add_environment() {
    auto home = context_.directory.native();
    line_.environment = {"LC_ALL=C",
                         "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                         "HOME=" + home,
                         "XDG_DATA_HOME=" + home + "/.local/share",
                         "XDG_CACHE_HOME=" + home + "/.cache",
                         "XDG_CONFIG_HOME=" + home + "/.config"};
    if (domain_.clock.offset == ClockOffset::Timezone)
        line_.environment.push_back("TZ=" + domain_.clock.timezone);
}

void CommandLineBuilder::add_identity() {
    option(devices_.emulator);
    option("-name", fmt::format("guest={},debug-threads=on", escape(domain_.name)));
    option("-S");
    if (context_.master_key.empty()) return;
    json::object key{{"qom-type", "secret"}, {"id", "masterKey0"}, {"format", "raw"}};
    key["file"] = context_.master_key.native();
    option("-object", key);
}

void CommandLineBuilder::add_monitor() {
    option("-no-user-config");
    option("-nodefaults");
    auto socket = context_.pass_monitor
                      ? fmt::format("fd={}", pass({PassedDescriptor::Kind::Monitor}))
                      : fmt::format("path={}", escape((context_.directory / "monitor.sock").native()));
    option("-chardev", fmt::format("socket,id=charmonitor,{},server=on,wait=off", socket));
    option("-mon", "chardev=charmonitor,id=monitor,mode=control");
}

void CommandLineBuilder::add_security() {
    option("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    option("-msg", "timestamp=on");
}

void CommandLineBuilder::option(std::string name, std::string value) {
    line_.arguments.push_back(std::move(name));
    line_.arguments.push_back(std::move(value));
}

void CommandLineBuilder::option(std::string name, const json::object& value) {
    option(std::move(name), json::print(value));
}

int CommandLineBuilder::pass(PassedDescriptor descriptor) {
    constexpr int first = 3;
    line_.descriptors.push_back(descriptor);
    return first + static_cast<int>(line_.descriptors.size()) - 1;
}

void CommandLineBuilder::put_address(json::object& device, const DeviceInfo& info) const {
    if (const auto* pci = std::get_if<PciAddress>(&info.address)) {
        device["bus"] = alias_of(ControllerType::Pci, pci->bus);
        if (pci->multifunction) device["multifunction"] = *pci->multifunction == Switch::On;
        device["addr"] = pci->function == 0 ? fmt::format("{:#x}", pci->slot)
                                            : fmt::format("{:#x}.{:#x}", pci->slot, pci->function);
    } else if (const auto* usb = std::get_if<UsbAddress>(&info.address)) {
        device["bus"] = alias_of(ControllerType::Usb, usb->bus) + ".0";
        device["port"] = usb->port;
    } else if (const auto* isa = std::get_if<IsaAddress>(&info.address)) {
        if (isa->iobase) device["iobase"] = *isa->iobase;
        if (isa->irq) device["irq"] = *isa->irq;
    } else if (const auto* port = std::get_if<VirtioSerialAddress>(&info.address)) {
        device["bus"] =
            fmt::format("{}.{}", alias_of(ControllerType::VirtioSerial, port->controller), port->bus);
        device["nr"] = port->port.value_or(0);
    }
}

void CommandLineBuilder::put_boot_index(json::object& device, const DeviceInfo& info) const {
    auto found = boot_indexes_.find(&info);
    if (found != boot_indexes_.end()) device["bootindex"] = found->second;
}

void CommandLineBuilder::require_device(std::string_view device) const {
    if (!capabilities_.has_device(device))
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{} has no device '{}'", capabilities_.emulator, device));
}

std::string CommandLineBuilder::alias_of(ControllerType type, std::uint32_t index) const {
    // QEMU has named what is on the board, whatever the user calls it
    if (type == ControllerType::Pci && index == 0) return board_ == Board::Q35 ? "pcie.0" : "pci.0";
    if (type == ControllerType::Sata && index == 0 && board_ == Board::Q35) return "ide";
    for (const auto& controller : devices_.controllers)
        if (controller.type == type && controller.index == index && !controller.master_start_port)
            return controller.info.alias;
    throw error(ErrorCode::InternalError, fmt::format("there is no {} controller {}", name_of(type), index));
}

CommandLine build_command_line(const Domain& domain, const Capabilities& capabilities,
                               const LaunchContext& context) {
    return CommandLineBuilder{domain, capabilities, context}.build();
}

} // namespace vireo::qemu
