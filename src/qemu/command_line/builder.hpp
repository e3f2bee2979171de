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
    /// See `build_device`.
    CommandLine build_one(std::string_view alias, std::size_t node);

private:
    // command_line.cpp
    void add_identity();
    void add_monitor();
    void add_environment();
    void add_security();
    void add_storage();
    void add_human_devices();
    // machine.cpp
    void add_machine();
    std::string accelerator() const;
    std::string ram_id() const;
    void add_vcpus();
    void add_clock();
    void add_power();
    void add_boot();
    std::string machine_features() const;
    std::string load_parameter() const;
    // information.cpp
    void add_smbios();
    void add_firmware_files();
    void add_acpi_table();
    // protection.cpp
    std::string key_wrapping() const;
    void add_launch_security();
    // extras.cpp
    void add_deprecation();
    void add_extra_arguments();
    json::object overridden(json::object device) const;
    // processor.cpp
    void add_cpu();
    // firmware.cpp
    void add_firmware();
    void add_flash(std::string_view name, json::object storage, bool readonly);
    // memory.cpp
    void add_memory();
    void add_iothreads();
    /// What the user gave, rounded up to what the machine has room for. Bytes. Throws ConfigUnsupported for
    /// more than can be.
    std::uint64_t whole_blocks(MemorySize size) const;
    void add_memory_backend(std::string_view id, std::uint64_t bytes, const model::domain::NumaCell* cell);
    json::object memory_backend(std::string_view id, std::uint64_t bytes,
                                const model::domain::NumaCell* cell) const;
    // numa.cpp
    void add_numa();
    void add_memory_attributes(const model::domain::Cpu& cpu);
    /// Where on the host the memory of a cell (null: all of it) has to be, put into its backend.
    void bind(json::object& backend, const model::domain::NumaCell* cell) const;
    // controllers.cpp
    void add_controllers();
    void add_controller(const model::domain::Controller& controller);
    void add_pci_root(const model::domain::Controller& root);
    json::object pci_bridge(const model::domain::Controller& controller) const;
    json::object usb_controller(const model::domain::Controller& controller) const;
    // disks.cpp
    void number_boot_devices();
    void add_floppy_controller();
    void add_disk(const model::domain::Disk& disk);
    void add_disk_nodes(const model::domain::Disk& disk);
    void add_image_nodes(const struct Image& image, std::size_t number, std::optional<std::size_t> backing);
    std::string add_storage_node(const struct Image& image, std::size_t number);
    std::string add_slice_node(const model::domain::StorageSlice& slice, std::size_t number);
    std::string add_reservations(const model::domain::Reservations& reservations, const std::string& node);
    std::string add_credentials(const std::string& node);
    void add_memory_card(const model::domain::Disk& disk);
    void add_vhost_user_disk(const model::domain::Disk& disk);
    json::object disk_device(const model::domain::Disk& disk) const;
    json::object scsi_disk(const model::domain::Disk& disk, const model::domain::DriveAddress& place) const;
    // filesystems.cpp
    void add_filesystem(const model::domain::Filesystem& filesystem);
    void add_9p(const model::domain::Filesystem& filesystem, const std::string& driver);
    void add_virtiofs(const model::domain::Filesystem& filesystem);
    // memory_devices.cpp
    void add_memory_device(const model::domain::Memory& memory);
    json::object memory_device_backend(const model::domain::Memory& memory, std::uint64_t bytes) const;
    // platform.cpp
    std::string platform_of_machine() const;
    void add_iommus();
    void add_tpm(const model::domain::Tpm& tpm);
    void add_crypto(const model::domain::Crypto& crypto);
    void add_shared_memory(const model::domain::Shmem& shmem);
    // interfaces.cpp
    json::object network_of(const model::domain::Interface& interface, std::size_t number);
    json::object passt_network(const model::domain::Interface& interface, std::size_t number);
    json::object tap_network(const model::domain::Interface& interface, std::size_t number);
    json::object vhost_user_network(const model::domain::Interface& interface);
    void add_interface(const model::domain::Interface& interface, std::size_t number);
    // characters.cpp
    void add_character_backend(const model::domain::CharacterSource& source, std::string_view alias,
                               const std::string& path, std::string_view use);
    void add_guest_forward(const model::domain::Channel& channel);
    void add_serial(const model::domain::Serial& serial);
    void add_system_serial(const model::domain::Serial& serial);
    void add_sclp(const model::domain::Console& console);
    void add_console(const model::domain::Console& console);
    void add_channel(const model::domain::Channel& channel);
    void add_parallel(const model::domain::Parallel& parallel);
    void add_smartcard(const model::domain::Smartcard& card);
    void add_redirected(const model::domain::RedirectedDevice& device);
    // display.cpp
    void require_one_of_each() const;
    void add_dbus(const model::domain::Graphics& graphics);
    void add_graphics(const model::domain::Graphics& graphics);
    void add_video(const model::domain::Video& video, bool primary);
    void add_evdev(const model::domain::Input& input);
    void add_input(const model::domain::Input& input);
    void add_vnc(const model::domain::Graphics& graphics);
    void add_spice(const model::domain::Graphics& graphics);
    std::string audio_of(std::optional<std::uint32_t> id) const;
    // audio.cpp
    void add_audio(const model::domain::Audio& audio);
    void add_sound(const model::domain::Sound& sound);
    // hostdevs.cpp
    void add_hostdev(const model::domain::Hostdev& hostdev);
    void add_scsi_hostdev(const model::domain::Hostdev& hostdev, const model::domain::ScsiHostSource& source);
    bool is_narrow_scsi(std::uint32_t index) const;
    static json::object usb_hostdev(const model::domain::UsbHostSource& source);
    static json::object pci_hostdev(const model::domain::Hostdev& hostdev,
                                    const model::domain::PciHostSource& source);
    static json::object mediated_hostdev(const model::domain::Hostdev& hostdev,
                                         const model::domain::MediatedSource& source);
    static json::object vhost_hostdev(const model::domain::Hostdev& hostdev,
                                      const model::domain::VhostScsiSource& source);
    void add_zpci(const model::domain::DeviceInfo& info);
    // others.cpp
    void add_hub(const model::domain::Hub& hub);
    void add_watchdogs();
    void add_panics();
    void add_vsock();
    void add_generation_id();
    void add_core_information();
    void add_balloon();
    void add_rng(const model::domain::Rng& rng);

    void option(std::string name) { line_.arguments.push_back(std::move(name)); }
    void option(std::string name, std::string value);
    void option(std::string name, const json::object& value);
    /// `bus` and `addr` of a device, from its address.
    void put_address(json::object& device, const model::domain::DeviceInfo& info) const;
    static void put_rom(json::object& device, const model::domain::DeviceInfo& info);
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
    std::vector<std::string> flashes_; ///< names of the firmware's memories
    bool has_reservations_ = false;    ///< our helper is named
    std::size_t next_node_ = 0;        ///< numbers of block nodes, from the last disk on downwards
    std::size_t hostdev_nodes_ = 0;    ///< the highest number of a block node, those of hostdevs included
    CommandLine line_;
};

/// QEMU's name of a virtio device: of its bus, and in the form that libvirt's model asks for ("virtio-rng",
/// "virtio-transitional": "virtio-rng-pci-transitional").
std::string virtio_device(std::string_view base, std::string_view model,
                          const model::domain::DeviceInfo& info);

/// The options that all virtio devices have.
void put_virtio(json::object& device, const model::domain::VirtioOptions& options);

/// Whether the guest learns more of its NUMA nodes than distances (ACPI's HMAT).
bool has_memory_attributes(const model::domain::Cpu& cpu);

/// A value inside of `key=value,…`: QEMU wants commas doubled.
std::string escape(std::string_view value);

} // namespace vireo::qemu
