// SPDX-License-Identifier: Apache-2.0
#include "daemon/sockets.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "daemon/socket_names.hpp"

#include <grp.h>
#include <sys/stat.h>

#include <array>

namespace vireo::daemon {

namespace {
constexpr log::Source log{"daemon"};

const configuration::ClientLimits& limits_of(SocketKind kind, const configuration::DaemonSettings& settings) {
    return kind == SocketKind::Admin ? settings.administrators : settings.clients;
}

rpc::SessionLimits session_limits(const configuration::ClientLimits& limits) {
    rpc::SessionLimits session;
    session.keepalive_interval = limits.keepalive_interval;
    session.keepalive_count = limits.keepalive_count;
    session.waiting_calls = limits.requests;
    return session;
}

gid_t require_group(const std::string& name) {
    const auto* found = ::getgrnam(name.c_str());
    if (found == nullptr)
        throw Error(ErrorCode::ConfigUnsupported, ErrorDomain::Conf,
                    fmt::format("unix_sock_group: this host has no group '{}'", name));
    return found->gr_gid;
}

void change(const std::filesystem::path& path, gid_t group, mode_t mode) {
    // Never wider than asked for in between.
    if (::chmod(path.c_str(), mode & 0700) != 0 ||
        ::chown(path.c_str(), static_cast<uid_t>(-1), group) != 0 || ::chmod(path.c_str(), mode) != 0)
        throw std::system_error(errno, std::generic_category(),
                                fmt::format("cannot set who may use '{}'", path.native()));
}
} // namespace

Sockets::Sockets(rpc::Server& server, rpc::Server& admin_server, const DispatchTable& table,
                 std::filesystem::path directory, bool session, std::size_t most_clients)
    : server_{server}, admin_server_{admin_server}, table_{table}, directory_{std::move(directory)},
      session_{session}, most_clients_{most_clients} {}

unsigned Sockets::mode_of(SocketKind kind, const configuration::DaemonSettings& settings) const {
    if (session_) return 0700;
    if (kind == SocketKind::Admin) return settings.admin_mode;
    if (kind == SocketKind::ReadOnly) return settings.read_only_mode;
    constexpr unsigned others = 0007;
    bool asks_polkit = settings.read_write_authentication == "polkit"; // which does not decide here yet
    return settings.read_write_mode & ~(asks_polkit ? others : 0U);
}

rpc::ListenOptions Sockets::options_of(SocketKind kind, const configuration::DaemonSettings& settings) const {
    const auto& limits = limits_of(kind, settings);
    return {.path = paths_.at(kind),
            .mode = mode_of(kind, settings),
            .read_only = kind == SocketKind::ReadOnly,
            .most_clients = std::min(limits.clients, most_clients_),
            .waiting_clients = static_cast<int>(limits.queued_clients),
            .limits = session_limits(limits)};
}

const rpc::Dispatcher& Sockets::dispatcher_of(SocketKind kind) const {
    return kind == SocketKind::Admin ? table_.admin() : table_.hypervisor();
}

rpc::Server& Sockets::server_of(SocketKind kind) const {
    return kind == SocketKind::Admin ? admin_server_ : server_;
}

void Sockets::listen(const configuration::DaemonSettings& settings, std::vector<ActivatedSocket> activated) {
    made_by_us_ = activated.empty();
    if (made_by_us_) return make_sockets(settings);
    for (auto& [socket, kind, path] : activated) {
        paths_[kind] = path;
        server_of(kind).listen(options_of(kind, settings), dispatcher_of(kind), std::move(socket));
    }
}

void Sockets::make_sockets(const configuration::DaemonSettings& settings) {
    if (!settings.socket_directory.empty()) directory_ = settings.socket_directory;
    using enum SocketKind;
    for (auto kind : {ReadWrite, ReadOnly, Admin}) {
        if (session_ && kind == ReadOnly) continue; // a user has nobody to keep from writing
        paths_[kind] = directory_ / socket_name(kind);
        server_of(kind).listen(options_of(kind, settings), dispatcher_of(kind));
    }
    set_permissions(settings);
    make_aliases();
}

void Sockets::set_permissions(const configuration::DaemonSettings& settings) {
    if (mode_of(SocketKind::ReadWrite, settings) != settings.read_write_mode && !session_)
        log.warning(
            "unix_sock_rw_perms: others than owner and group may not connect, since this version cannot "
            "ask polkit about them; auth_unix_rw = \"none\" lets everybody in");
    auto group = settings.socket_group && !session_ ? require_group(*settings.socket_group) : ::getegid();
    for (const auto& [kind, path] : paths_) {
        bool ours_alone = kind == SocketKind::Admin; // as in libvirt, the group is for managing guests
        change(path, ours_alone ? ::getegid() : group, mode_of(kind, settings));
    }
}

void Sockets::apply(const configuration::DaemonSettings& settings) {
    if (made_by_us_) set_permissions(settings);
    for (const auto& [kind, path] : paths_) {
        auto options = options_of(kind, settings);
        server_of(kind).set_limits(path, options.most_clients, *options.limits);
    }
}

/// Symbolic links, which connect(2) follows; they have the permissions of what they lead to.
void Sockets::make_aliases() {
    for (const auto& [name, kind, is_alias] : socket_names()) {
        if (!is_alias || !paths_.contains(kind)) continue;
        auto path = directory_ / name;
        std::filesystem::remove(path); // of a daemon that was killed
        std::filesystem::create_symlink(socket_name(kind), path);
        aliases_.push_back(std::move(path));
    }
}

void Sockets::remove_aliases() {
    std::error_code ignored; // a link that leads nowhere does no harm, and the next daemon replaces it
    for (const auto& path : aliases_) std::filesystem::remove(path, ignored);
    aliases_.clear();
}

} // namespace vireo::daemon
