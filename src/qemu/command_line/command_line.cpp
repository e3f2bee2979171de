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
      board_{board_of(domain.os.machine)} {}

CommandLine CommandLineBuilder::build() {
    number_boot_devices();
    add_environment();
    add_identity();
    add_firmware();
    add_machine();
    add_cpu();
    add_memory();
    add_vcpus();
    add_iothreads();
    add_numa();
    option("-uuid", domain_.uuid.text());
    add_smbios();
    add_firmware_files();
    if (devices_.graphics.empty()) option("-display", "none");
    add_monitor();
    add_clock();
    add_power();
    add_boot();
    add_controllers();
    for (const auto& hub : devices_.hubs) add_hub(hub);
    add_iommus();
    for (const auto& memory : devices_.memories) add_memory_device(memory);
    add_storage();
    for (const auto& filesystem : devices_.filesystems) add_filesystem(filesystem);
    for (std::size_t number = 0; number < devices_.interfaces.size(); ++number)
        add_interface(devices_.interfaces[number], number);
    for (const auto& card : devices_.smartcards) add_smartcard(card);
    for (const auto& serial : devices_.serials) add_serial(serial);
    for (const auto& parallel : devices_.parallels) add_parallel(parallel);
    for (const auto& channel : devices_.channels) add_channel(channel);
    for (const auto& console : devices_.consoles) add_console(console);
    for (const auto& tpm : devices_.tpms) add_tpm(tpm);
    add_human_devices();
    add_watchdogs();
    for (const auto& device : devices_.redirected_devices) add_redirected(device);
    for (const auto& hostdev : devices_.hostdevs) add_hostdev(hostdev);
    add_balloon();
    for (const auto& rng : devices_.rngs) add_rng(rng);
    for (const auto& crypto : devices_.cryptos) add_crypto(crypto);
    add_generation_id();
    add_core_information();
    add_panics();
    for (const auto& shmem : devices_.shared_memories) add_shared_memory(shmem);
    add_launch_security();
    add_extra_arguments();
    add_security();
    add_vsock();
    return std::move(line_);
}

void CommandLineBuilder::add_storage() {
    add_floppy_controller();
    std::size_t nodes = 0;
    for (const auto& disk : devices_.disks) nodes += count_disk_nodes(disk);
    next_node_ = hostdev_nodes_ = nodes; // the nodes of a chain come before their disk's
    for (const auto& disk : devices_.disks) add_disk(disk);
}

void CommandLineBuilder::add_human_devices() {
    for (const auto& input : devices_.inputs) add_input(input);
    for (const auto& audio : devices_.audios) add_audio(audio);
    require_one_of_each();
    for (const auto& graphics : devices_.graphics) add_graphics(graphics);
    for (const auto& video : devices_.videos) add_video(video, &video == &devices_.videos.front());
    for (const auto& sound : devices_.sounds) add_sound(sound);
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
    add_deprecation();
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
    if (name == "-device" && !domain_.overrides.empty())
        return option(std::move(name), json::print(overridden(value)));
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
        if (info.acpi_index) device["acpi-index"] = *info.acpi_index;
        device["addr"] = pci->function == 0 ? fmt::format("{:#x}", pci->slot)
                                            : fmt::format("{:#x}.{:#x}", pci->slot, pci->function);
    } else if (const auto* usb = std::get_if<UsbAddress>(&info.address)) {
        device["bus"] = alias_of(ControllerType::Usb, usb->bus) + ".0";
        device["port"] = usb->port;
    } else if (const auto* isa = std::get_if<IsaAddress>(&info.address)) {
        if (isa->iobase) device["iobase"] = *isa->iobase;
        if (isa->irq) device["irq"] = *isa->irq;
    } else if (const auto* other = std::get_if<OtherAddress>(&info.address)) {
        if (other->devno)
            device["devno"] = fmt::format("{:x}.{:x}.{:04x}", other->cssid.value_or(0),
                                          other->ssid.value_or(0), *other->devno);
        if (other->reg) device["reg"] = *other->reg;
    } else if (const auto* card = std::get_if<CcidAddress>(&info.address)) {
        device["bus"] = alias_of(ControllerType::Ccid, card->controller) + ".0";
    } else if (const auto* port = std::get_if<VirtioSerialAddress>(&info.address)) {
        device["bus"] =
            fmt::format("{}.{}", alias_of(ControllerType::VirtioSerial, port->controller), port->bus);
        device["nr"] = port->port.value_or(0);
    }
}

void CommandLineBuilder::put_rom(json::object& device, const DeviceInfo& info) {
    if (!info.rom) return;
    if (info.rom->enabled == Answer::No) device["romfile"] = "";
    if (info.rom->bar) device["rombar"] = *info.rom->bar == Switch::On ? 1 : 0;
    if (!info.rom->file.empty()) device["romfile"] = info.rom->file;
}

void CommandLineBuilder::put_boot_index(json::object& device, const DeviceInfo& info) const {
    auto found = boot_indexes_.find(&info);
    if (found != boot_indexes_.end()) device["bootindex"] = found->second;
}

std::string virtio_device(std::string_view base, std::string_view model, const DeviceInfo& info) {
    std::string_view form = model.ends_with("-non-transitional") ? "-non-transitional"
                            : model.ends_with("-transitional")   ? "-transitional"
                                                                 : "";
    const auto* other = std::get_if<OtherAddress>(&info.address);
    std::string_view bus = "pci";
    if (other != nullptr && other->type == OtherAddress::Type::Ccw) bus = "ccw";
    if (other != nullptr && other->type == OtherAddress::Type::VirtioMmio) bus = "device";
    return fmt::format("{}-{}{}", base, bus, form);
}

void put_virtio(json::object& device, const VirtioOptions& options) {
    auto put = [&](const char* name, const std::optional<Switch>& value) {
        if (value) device[name] = *value == Switch::On;
    };
    put("iommu_platform", options.iommu);
    put("ats", options.ats);
    put("packed", options.packed);
    put("page-per-vq", options.page_per_vq);
}

void CommandLineBuilder::require_device(std::string_view device) const {
    if (!capabilities_.has_device(device))
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{} has no device '{}'", capabilities_.emulator, device));
}

std::string CommandLineBuilder::alias_of(ControllerType type, std::uint32_t index) const {
    // QEMU has named what is on the board, whatever the user calls it
    if (type == ControllerType::Pci && index == 0) return has_express(board_) ? "pcie.0" : "pci.0";
    if (type == ControllerType::Sata && index == 0 && board_ == Board::Q35) return "ide";
    for (const auto& controller : devices_.controllers)
        if (controller.type == type && controller.index == index && !controller.master_start_port)
            return controller.model == "pci-root" ? controller.info.alias + ".0" // a host bridge, with a bus
                                                  : controller.info.alias;
    throw error(ErrorCode::InternalError, fmt::format("there is no {} controller {}", name_of(type), index));
}

CommandLine build_command_line(const Domain& domain, const Capabilities& capabilities,
                               const LaunchContext& context) {
    return CommandLineBuilder{domain, capabilities, context}.build();
}

} // namespace vireo::qemu
