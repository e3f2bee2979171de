// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"
#include "qemu/capabilities/capabilities.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// What of the host goes into a command line.
struct LaunchContext {
    /// The domain's own folder: QEMU's home, and the sockets that nobody named.
    std::filesystem::path directory;
    /// Where the sockets of channels go that nobody named.
    std::filesystem::path channel_directory;
    /// Where the variables of firmware go, and memory that is a file, when nobody says.
    std::filesystem::path nvram_directory, memory_directory;
    /// Where memory of large pages is: a file system of them.
    std::filesystem::path huge_pages = "/dev/hugepages/libvirt/qemu";
    /// What proves to servers of disks who we are (TLS).
    std::filesystem::path certificates = "/etc/pki/qemu";
    /// Key for the secrets of this run; empty: none is passed.
    std::filesystem::path master_key;
    /// The listening socket of the monitor is passed as a descriptor; else QEMU is told its path (as
    /// domxml-to-native shows it).
    bool pass_monitor = true;
    /// Where VNC listens when the domain does not say.
    std::string vnc_listen = "127.0.0.1";
    /// NUMA nodes that the host has; empty: not known.
    std::vector<std::uint32_t> host_nodes;
    /// Where the bus of a display would listen that is made for the guest; empty: none is made.
    std::filesystem::path dbus_socket;
    /// For clocks that count from the host's.
    std::chrono::system_clock::time_point now;
};

/// A descriptor that QEMU inherits. Their numbers are 3, 4, … in the order of the list.
struct PassedDescriptor {
    enum class Kind { Monitor, Tap, Passt };
    Kind kind;
    std::size_t interface = 0; ///< of a tap and of a connection to passt: index in the domain's interfaces
};

/// How to start QEMU for one domain.
struct CommandLine {
    std::vector<std::string> arguments;   ///< the program first
    std::vector<std::string> environment; ///< "NAME=value"
    std::vector<PassedDescriptor> descriptors;
};

/// The command line of a completed domain with aliases (see `complete` and `assign_aliases`), as libvirt 9.0
/// writes it for QEMU 7.2. Guests start paused. Throws ConfigUnsupported for what cannot be run.
///
/// Not on it, but for the driver to set by QMP: what a reboot does (`set-action`), passwords of displays.
CommandLine build_command_line(const model::domain::Domain& domain, const Capabilities& capabilities,
                               const LaunchContext& context);

/// The part of it that makes one device, by its alias: what stands behind it first, the device last. `node`
/// is the number of its first block node, whose number the next ones follow. Nothing for a device of the
/// board. Throws as `build_command_line`.
CommandLine build_device(const model::domain::Domain& domain, const Capabilities& capabilities,
                         const LaunchContext& context, std::string_view alias, std::size_t node);

/// The number of the first block node of each disk with a medium, as `build_command_line` counts them: shown
/// in live definitions, and used by whoever asks QEMU for the disk.
void number_disk_nodes(model::domain::Domain& domain);
/// How many numbers the nodes of a disk take.
std::size_t count_disk_nodes(const model::domain::Disk& disk);

} // namespace vireo::qemu
