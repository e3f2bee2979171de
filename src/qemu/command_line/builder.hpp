// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "qemu/command_line/command_line.hpp"
#include "qemu/defaults/complete.hpp"
#include "json/json.hpp"

#include <map>
#include <string>
#include <string_view>

namespace vireo::qemu {

/// One command line in the making. Each `add_…` is a step of `build_command_line`; they are in files by
/// subject.
class CommandLineBuilder {
public:
    CommandLineBuilder(const model::domain::Domain& domain, const Capabilities& capabilities,
                       const LaunchContext& context);
    CommandLine build();

private:
    // command_line.cpp
    void add_identity();
    void add_monitor();
    void add_environment();
    void add_security();
    // machine.cpp
    void add_machine();
    void add_cpu();
    void add_memory();
    void add_vcpus();
    void add_clock();
    void add_power();
    void add_boot();
    // controllers.cpp
    void add_controllers();
    void add_controller(const model::domain::Controller& controller);
    json::object pci_bridge(const model::domain::Controller& controller) const;
    json::object usb_controller(const model::domain::Controller& controller) const;
    // disks.cpp
    void number_boot_devices();
    void add_floppy_controller();
    void add_disk(const model::domain::Disk& disk, std::size_t node);
    void add_disk_nodes(const model::domain::Disk& disk, std::size_t node);
    json::object disk_device(const model::domain::Disk& disk) const;
    json::object scsi_disk(const model::domain::Disk& disk, const model::domain::DriveAddress& place) const;
    // interfaces.cpp
    void add_interface(const model::domain::Interface& interface, std::size_t number);
    // characters.cpp
    void add_character_backend(const model::domain::CharacterSource& source, std::string_view alias,
                               const std::string& path);
    void add_serial(const model::domain::Serial& serial);
    void add_console(const model::domain::Console& console);
    void add_channel(const model::domain::Channel& channel);
    // display.cpp
    void add_graphics(const model::domain::Graphics& graphics);
    void add_video(const model::domain::Video& video, bool primary);
    void add_input(const model::domain::Input& input);
    void add_audio(const model::domain::Audio& audio);
    // others.cpp
    void add_balloon();
    void add_rng(const model::domain::Rng& rng, std::size_t number);

    void option(std::string name) { line_.arguments.push_back(std::move(name)); }
    void option(std::string name, std::string value);
    void option(std::string name, const json::object& value);
    /// `bus` and `addr` of a device, from its address.
    void put_address(json::object& device, const model::domain::DeviceInfo& info) const;
    void put_boot_index(json::object& device, const model::domain::DeviceInfo& info) const;
    void require_device(std::string_view device) const;
    std::string alias_of(model::domain::ControllerType type, std::uint32_t index) const;
    int pass(PassedDescriptor descriptor);

    const model::domain::Domain& domain_;
    const model::domain::Devices& devices_;
    const Capabilities& capabilities_;
    const LaunchContext& context_;
    Board board_;
    std::map<const model::domain::DeviceInfo*, std::uint32_t> boot_indexes_;
    CommandLine line_;
};

/// A value inside of `key=value,…`: QEMU wants commas doubled.
std::string escape(std::string_view value);

} // namespace vireo::qemu
