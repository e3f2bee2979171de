// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "daemon/configuration/settings.hpp"

#include <arpa/inet.h>

#include <limits>

namespace vireo::daemon::configuration {

namespace {
Error refuse(const std::string& why) { return {ErrorCode::ConfSyntax, ErrorDomain::Conf, why}; }

/// VNC counts its displays from 5900 and their websockets from 5700, so no lower port has a number.
std::int32_t display_port(const Value& value, std::int64_t first = 5900) {
    constexpr std::int64_t last = 65535;
    auto port = std::get<std::int64_t>(value);
    if (port < first || port > last)
        throw refuse(fmt::format("port {} is not between {} and {}", port, first, last));
    return static_cast<std::int32_t>(port);
}

std::string address(const Value& value) {
    const auto& text = std::get<std::string>(value);
    in6_addr unused{};
    if (::inet_pton(AF_INET, text.c_str(), &unused) != 1 && ::inet_pton(AF_INET6, text.c_str(), &unused) != 1)
        throw refuse(fmt::format("'{}' is no address such as 0.0.0.0 or ::1", text));
    return text;
}

std::int32_t websocket_port(const Value& value) { return display_port(value, 5700); }

std::uint64_t core_size(const Value& value) {
    if (const auto* word = std::get_if<std::string>(&value)) {
        if (*word != "unlimited")
            throw refuse(fmt::format("'{}' is neither a number of bytes nor 'unlimited'", *word));
        return std::numeric_limits<std::uint64_t>::max();
    }
    return static_cast<std::uint64_t>(std::get<std::int64_t>(value));
}

/// The one that bounds them is a program of its own in libvirt, and a part of this daemon.
bool bounds_logs(const Value& value) {
    const auto& word = std::get<std::string>(value);
    if (word != "logd" && word != "file")
        throw refuse(fmt::format("'{}' is neither 'logd' nor 'file'", word));
    return word == "logd";
}

qemu::Packing packing(const Value& value) {
    const auto& word = std::get<std::string>(value);
    auto known = from_name<qemu::Packing>(word);
    if (!known)
        throw refuse(fmt::format(
            "'{}' is no way to pack a saved state: it is raw, gzip, bzip2, xz, lzop or zstd", word));
    return *known;
}

using Settings = QemuSettings;
constexpr auto start = Effect::AtStart;

constexpr std::array table{
    Key<Settings>{"remote_display_port_min", Type::Number, start,
                  [](Settings& to, const Value& value) { to.display_ports.first = display_port(value); }},
    Key<Settings>{"remote_display_port_max", Type::Number, start,
                  [](Settings& to, const Value& value) { to.display_ports.last = display_port(value); }},
    Key<Settings>{"vnc_listen", Type::Text, start,
                  [](Settings& to, const Value& value) { to.vnc_listen = address(value); }},
    Key<Settings>{"remote_websocket_port_min", Type::Number, start,
                  [](Settings& to, const Value& value) { to.websocket_ports.first = websocket_port(value); }},
    Key<Settings>{"remote_websocket_port_max", Type::Number, start,
                  [](Settings& to, const Value& value) { to.websocket_ports.last = websocket_port(value); }},
    Key<Settings>{"spice_listen", Type::Text, start,
                  [](Settings& to, const Value& value) { to.spice_listen = address(value); }},
    Key<Settings>{"max_core", Type::NumberOrText, start,
                  [](Settings& to, const Value& value) { to.largest_core = core_size(value); }},
    Key<Settings>{"save_image_format", Type::Text, start,
                  [](Settings& to, const Value& value) { to.save_packing = packing(value); }},
    Key<Settings>{"dump_image_format", Type::Text, start,
                  [](Settings& to, const Value& value) { to.dump_packing = packing(value); }},
    Key<Settings>{"stdio_handler", Type::Text, start,
                  [](Settings& to, const Value& value) { to.bounds_logs = bounds_logs(value); }},
    // accepted, without effect in this version
    Key<Settings>{"allow_disk_format_probing", Type::Truth},
    Key<Settings>{"auto_dump_bypass_cache", Type::Truth},
    Key<Settings>{"auto_dump_path", Type::Text},
    Key<Settings>{"auto_start_bypass_cache", Type::Truth},
    Key<Settings>{"backup_tls_x509_cert_dir", Type::Text},
    Key<Settings>{"backup_tls_x509_secret_uuid", Type::Text},
    Key<Settings>{"backup_tls_x509_verify", Type::Truth},
    Key<Settings>{"bridge_helper", Type::Text},
    Key<Settings>{"capability_filters", Type::List},
    Key<Settings>{"cgroup_controllers", Type::List},
    Key<Settings>{"cgroup_device_acl", Type::List},
    Key<Settings>{"chardev_tls", Type::Truth},
    Key<Settings>{"chardev_tls_x509_cert_dir", Type::Text},
    Key<Settings>{"chardev_tls_x509_secret_uuid", Type::Text},
    Key<Settings>{"chardev_tls_x509_verify", Type::Truth},
    Key<Settings>{"clear_emulator_capabilities", Type::Truth},
    Key<Settings>{"dbus_daemon", Type::Text},
    Key<Settings>{"default_tls_x509_cert_dir", Type::Text},
    Key<Settings>{"default_tls_x509_secret_uuid", Type::Text},
    Key<Settings>{"default_tls_x509_verify", Type::Truth},
    Key<Settings>{"deprecation_behavior", Type::Text},
    Key<Settings>{"dump_guest_core", Type::Truth},
    Key<Settings>{"dynamic_ownership", Type::Truth},
    Key<Settings>{"gluster_debug_level", Type::Number},
    Key<Settings>{"group", Type::Text},
    Key<Settings>{"hugetlbfs_mount", Type::TextOrList},
    Key<Settings>{"keepalive_count", Type::Number},
    Key<Settings>{"keepalive_interval", Type::Integer},
    Key<Settings>{"lock_manager", Type::Text},
    Key<Settings>{"log_timestamp", Type::Truth},
    Key<Settings>{"mac_filter", Type::Truth},
    Key<Settings>{"max_files", Type::Number},
    Key<Settings>{"max_processes", Type::Number},
    Key<Settings>{"max_queued", Type::Number},
    Key<Settings>{"max_threads_per_process", Type::Number},
    Key<Settings>{"memory_backing_dir", Type::Text},
    Key<Settings>{"migrate_tls_force", Type::Truth},
    Key<Settings>{"migrate_tls_x509_cert_dir", Type::Text},
    Key<Settings>{"migrate_tls_x509_secret_uuid", Type::Text},
    Key<Settings>{"migrate_tls_x509_verify", Type::Truth},
    Key<Settings>{"migration_address", Type::Text},
    Key<Settings>{"migration_host", Type::Text},
    Key<Settings>{"migration_port_max", Type::Number},
    Key<Settings>{"migration_port_min", Type::Number},
    Key<Settings>{"namespaces", Type::TextOrList},
    Key<Settings>{"nbd_tls", Type::Truth},
    Key<Settings>{"nbd_tls_x509_cert_dir", Type::Text},
    Key<Settings>{"nbd_tls_x509_secret_uuid", Type::Text},
    Key<Settings>{"nographics_allow_host_audio", Type::Truth},
    Key<Settings>{"nvram", Type::List},
    Key<Settings>{"pr_helper", Type::Text},
    Key<Settings>{"relaxed_acs_check", Type::Truth},
    Key<Settings>{"remember_owner", Type::Truth},
    Key<Settings>{"sched_core", Type::Text},
    Key<Settings>{"seccomp_sandbox", Type::Integer},
    Key<Settings>{"security_default_confined", Type::Truth},
    Key<Settings>{"security_driver", Type::TextOrList},
    Key<Settings>{"security_require_confined", Type::Truth},
    Key<Settings>{"set_process_name", Type::Truth},
    Key<Settings>{"slirp_helper", Type::Text},
    Key<Settings>{"snapshot_image_format", Type::Text},
    Key<Settings>{"spice_auto_unix_socket", Type::Truth},
    Key<Settings>{"spice_password", Type::Text},
    Key<Settings>{"spice_sasl", Type::Truth},
    Key<Settings>{"spice_sasl_dir", Type::Text},
    Key<Settings>{"spice_tls", Type::Truth},
    Key<Settings>{"spice_tls_x509_cert_dir", Type::Text},
    Key<Settings>{"swtpm_group", Type::Text},
    Key<Settings>{"swtpm_user", Type::Text},
    Key<Settings>{"user", Type::Text},
    Key<Settings>{"virtiofsd_debug", Type::Truth},
    Key<Settings>{"vnc_allow_host_audio", Type::Truth},
    Key<Settings>{"vnc_auto_unix_socket", Type::Truth},
    Key<Settings>{"vnc_password", Type::Text},
    Key<Settings>{"vnc_sasl", Type::Truth},
    Key<Settings>{"vnc_sasl_dir", Type::Text},
    Key<Settings>{"vnc_tls", Type::Truth},
    Key<Settings>{"vnc_tls_x509_cert_dir", Type::Text},
    Key<Settings>{"vnc_tls_x509_secret_uuid", Type::Text},
    Key<Settings>{"vnc_tls_x509_verify", Type::Truth},
    Key<Settings>{"vxhs_tls", Type::Truth},
    Key<Settings>{"vxhs_tls_x509_cert_dir", Type::Text},
    Key<Settings>{"vxhs_tls_x509_secret_uuid", Type::Text},
};
} // namespace

std::span<const Key<QemuSettings>> qemu_keys() { return table; }

} // namespace vireo::daemon::configuration
