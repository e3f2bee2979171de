// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "daemon/configuration/settings.hpp"

#include <charconv>
#include <limits>

namespace vireo::daemon::configuration {

namespace {
Error refuse(const std::string& why) { return {ErrorCode::ConfSyntax, ErrorDomain::Conf, why}; }

const std::string& text(const Value& value) { return std::get<std::string>(value); }

/// A number up to `most`.
template <class Number>
Number number(const Value& value, std::int64_t least = 0,
              std::int64_t most = std::numeric_limits<int>::max()) {
    auto found = std::get<std::int64_t>(value);
    if (found < least || found > most)
        throw refuse(fmt::format("{} is not between {} and {}", found, least, most));
    return static_cast<Number>(found);
}

/// "0770".
unsigned mode(const Value& value) {
    const auto& digits = text(value);
    unsigned bits = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits, 8);
    if (error != std::errc{} || end != digits.data() + digits.size() || bits > 0777)
        throw refuse(fmt::format("'{}' is no mode such as 0770", digits));
    return bits;
}

std::uint32_t workers(const Value& value, std::int64_t least) {
    return number<std::uint32_t>(value, least, 1000);
}

Uuid host_uuid(const Value& value) {
    auto uuid = Uuid::parse(text(value));
    if (!uuid) throw refuse(fmt::format("'{}' is no uuid", text(value)));
    bool uniform = std::ranges::all_of(uuid->bytes, [&](auto byte) { return byte == uuid->bytes[0]; });
    if (uniform) throw refuse(fmt::format("'{}' is no uuid that only this host has", text(value)));
    return *uuid;
}

bool from_machine_id(const Value& value) {
    if (text(value) != "smbios" && text(value) != "machine-id")
        throw refuse(fmt::format("'{}' is neither 'smbios' nor 'machine-id'", text(value)));
    return text(value) == "machine-id";
}

std::string authentication(const Value& value) {
    if (text(value) != "none" && text(value) != "polkit")
        throw refuse(
            fmt::format("'{}' is not available in this version: 'none' and 'polkit' are", text(value)));
    return text(value);
}

std::string absolute(const Value& value) {
    if (!text(value).starts_with('/')) throw refuse(fmt::format("'{}' is no absolute path", text(value)));
    return text(value);
}

std::string host_name(const Value& value) {
    if (text(value).empty()) throw refuse("a host's name has at least one letter");
    return text(value);
}

/// To let pass what polkit would have stopped is worse than not to start.
void require_no_access_drivers(DaemonSettings&, const Value& value) {
    if (!std::get<List>(value).empty())
        throw refuse("this version checks no single permissions; leave the list empty");
}

using Settings = DaemonSettings;
constexpr auto once = Effect::AtOnce, start = Effect::AtStart;

constexpr std::array table{
    // sockets
    Key<Settings>{"unix_sock_group", Type::Text, once,
                  [](Settings& to, const Value& value) { to.socket_group = text(value); }},
    Key<Settings>{"unix_sock_ro_perms", Type::Text, once,
                  [](Settings& to, const Value& value) { to.read_only_mode = mode(value); }},
    Key<Settings>{"unix_sock_rw_perms", Type::Text, once,
                  [](Settings& to, const Value& value) { to.read_write_mode = mode(value); }},
    Key<Settings>{"unix_sock_admin_perms", Type::Text, once,
                  [](Settings& to, const Value& value) { to.admin_mode = mode(value); }},
    Key<Settings>{"unix_sock_dir", Type::Text, start,
                  [](Settings& to, const Value& value) { to.socket_directory = absolute(value); }},
    Key<Settings>{
        "auth_unix_rw", Type::Text, once,
        [](Settings& to, const Value& value) { to.read_write_authentication = authentication(value); }},
    Key<Settings>{"auth_unix_ro", Type::Text, once,
                  [](Settings&, const Value& value) { authentication(value); }},
    Key<Settings>{"access_drivers", Type::List, once, require_no_access_drivers},
    // limits
    Key<Settings>{
        "max_clients", Type::Number, once,
        [](Settings& to, const Value& value) { to.clients.clients = number<std::size_t>(value, 1); }},
    Key<Settings>{
        "max_queued_clients", Type::Number, start,
        [](Settings& to, const Value& value) { to.clients.queued_clients = number<std::size_t>(value, 1); }},
    Key<Settings>{
        "max_client_requests", Type::Number, once,
        [](Settings& to, const Value& value) { to.clients.requests = number<std::size_t>(value, 1); }},
    Key<Settings>{
        "max_anonymous_clients", Type::Number, start,
        [](Settings& to, const Value& value) { to.unauthenticated_clients = number<std::uint32_t>(value); }},
    Key<Settings>{"keepalive_interval", Type::Integer, once,
                  [](Settings& to, const Value& value) {
                      to.clients.keepalive_interval = std::chrono::seconds{number<int>(value, -1)};
                  }},
    Key<Settings>{"keepalive_count", Type::Number, once,
                  [](Settings& to, const Value& value) { to.clients.keepalive_count = number<int>(value); }},
    Key<Settings>{
        "admin_max_clients", Type::Number, once,
        [](Settings& to, const Value& value) { to.administrators.clients = number<std::size_t>(value, 1); }},
    Key<Settings>{"admin_max_queued_clients", Type::Number, start,
                  [](Settings& to, const Value& value) {
                      to.administrators.queued_clients = number<std::size_t>(value, 1);
                  }},
    Key<Settings>{
        "admin_max_client_requests", Type::Number, once,
        [](Settings& to, const Value& value) { to.administrators.requests = number<std::size_t>(value, 1); }},
    Key<Settings>{"admin_keepalive_interval", Type::Integer, once,
                  [](Settings& to, const Value& value) {
                      to.administrators.keepalive_interval = std::chrono::seconds{number<int>(value, -1)};
                  }},
    Key<Settings>{
        "admin_keepalive_count", Type::Number, once,
        [](Settings& to, const Value& value) { to.administrators.keepalive_count = number<int>(value); }},
    Key<Settings>{"min_workers", Type::Number, start,
                  [](Settings& to, const Value& value) { to.clients.least_workers = workers(value, 0); }},
    Key<Settings>{"max_workers", Type::Number, start,
                  [](Settings& to, const Value& value) { to.clients.most_workers = workers(value, 1); }},
    Key<Settings>{"prio_workers", Type::Number, start,
                  [](Settings& to, const Value& value) { to.priority_workers = workers(value, 0); }},
    Key<Settings>{
        "admin_min_workers", Type::Number, start,
        [](Settings& to, const Value& value) { to.administrators.least_workers = workers(value, 0); }},
    Key<Settings>{
        "admin_max_workers", Type::Number, start,
        [](Settings& to, const Value& value) { to.administrators.most_workers = workers(value, 1); }},
    // the log
    Key<Settings>{"log_level", Type::Number, once,
                  [](Settings& to, const Value& value) { to.log_level = number<int>(value, 1, 4); }},
    Key<Settings>{"log_filters", Type::Text, once,
                  [](Settings& to, const Value& value) { to.log_filters = text(value); }},
    Key<Settings>{"log_outputs", Type::Text, once,
                  [](Settings& to, const Value& value) { to.log_outputs = text(value); }},
    // who this host is
    Key<Settings>{"host_uuid", Type::Text, start,
                  [](Settings& to, const Value& value) { to.host_uuid = host_uuid(value); }},
    Key<Settings>{"host_uuid_source", Type::Text, start,
                  [](Settings& to, const Value& value) { to.uuid_from_machine_id = from_machine_id(value); }},
    Key<Settings>{"host_name", Type::Text, start,
                  [](Settings& to, const Value& value) { to.host_name = host_name(value); }},
    // accepted, without effect in this version
    Key<Settings>{"admin_keepalive_required", Type::Truth},
    Key<Settings>{"audit_level", Type::Number},
    Key<Settings>{"audit_logging", Type::Truth},
    Key<Settings>{"auth_tcp", Type::Text},
    Key<Settings>{"auth_tls", Type::Text},
    Key<Settings>{"ca_file", Type::Text},
    Key<Settings>{"cert_file", Type::Text},
    Key<Settings>{"crl_file", Type::Text},
    Key<Settings>{"keepalive_required", Type::Truth},
    Key<Settings>{"key_file", Type::Text},
    Key<Settings>{"listen_addr", Type::Text},
    Key<Settings>{"listen_tcp", Type::Truth},
    Key<Settings>{"listen_tls", Type::Truth},
    Key<Settings>{"ovs_timeout", Type::Number},
    Key<Settings>{"sasl_allowed_username_list", Type::List},
    Key<Settings>{"tcp_min_ssf", Type::Number},
    Key<Settings>{"tcp_port", Type::Text},
    Key<Settings>{"tls_allowed_dn_list", Type::List},
    Key<Settings>{"tls_no_sanity_certificate", Type::Truth},
    Key<Settings>{"tls_no_verify_certificate", Type::Truth},
    Key<Settings>{"tls_port", Type::Text},
    Key<Settings>{"tls_priority", Type::Text},
};
} // namespace

std::span<const Key<DaemonSettings>> daemon_keys() { return table; }

} // namespace vireo::daemon::configuration
