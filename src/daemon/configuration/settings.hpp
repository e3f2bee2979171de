// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uuid.hpp"
#include "daemon/configuration/key.hpp"
#include "qemu/saving/save_image.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace vireo::daemon::configuration {

/// Who may use a socket of ours, and how much of it.
struct ClientLimits {
    std::size_t clients;        // further ones wait
    std::size_t queued_clients; // of those, how many the kernel keeps
    std::size_t requests;       // of one client that wait for their answers
    std::uint32_t least_workers = 0, most_workers = 4;
    std::chrono::seconds keepalive_interval{5}; // 0, or less: never
    int keepalive_count = 5;
};

/// What libvirtd.conf says, as far as it has an effect.
struct DaemonSettings {
    std::optional<std::string> socket_group;
    unsigned read_only_mode = 0777, read_write_mode = 0700, admin_mode = 0700;
    std::filesystem::path socket_directory; // empty: where the daemon keeps what runs
    std::string read_write_authentication = "polkit";
    ClientLimits clients{5000, 4096, 64};
    ClientLimits administrators{32, 32, 64};
    std::uint32_t unauthenticated_clients = 20, priority_workers = 0;
    int log_level = 2;
    std::string log_filters, log_outputs;
    Uuid host_uuid; // nil: as host_uuid_source says
    bool uuid_from_machine_id = false;
    std::string host_name; // empty: the kernel's
};

/// Both ends belong to it.
struct PortRange {
    std::int32_t first, last;
};

/// What qemu.conf says, as far as it has an effect.
struct QemuSettings {
    PortRange display_ports{5900, 65535};
    PortRange websocket_ports{5700, 65535};
    std::string vnc_listen = "127.0.0.1"; // of a display that does not say it itself
    std::string spice_listen = "127.0.0.1";
    std::uint64_t largest_core = 0;               // bytes; the most that there is: no limit
    qemu::Packing save_packing{}, dump_packing{}; // of states that are put away
    bool bounds_logs = true;                      // what guests' emulators say, else as much as they like
};

/// Every key of the files of libvirt 9.0, and `host_name`, which is ours.
std::span<const Key<DaemonSettings>> daemon_keys();
std::span<const Key<QemuSettings>> qemu_keys();

} // namespace vireo::daemon::configuration
