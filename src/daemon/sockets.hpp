// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/activation.hpp"
#include "daemon/configuration/settings.hpp"
#include "daemon/dispatch_table.hpp"
#include "rpc/server.hpp"

#include <map>

namespace vireo::daemon {

/// The sockets of the daemon: made by us or passed to us, under all their names. Main thread only.
class Sockets {
public:
    /// `directory`: where they are, unless the configuration says another. `most_clients`: whatever the
    /// configuration allows, of each socket.
    /// The administrator's socket belongs to a server of its own, so that no crowd keeps him out.
    Sockets(rpc::Server& server, rpc::Server& admin_server, const DispatchTable& table,
            std::filesystem::path directory, bool session, std::size_t most_clients);
    ~Sockets() { remove_aliases(); }

    /// Answers clients from now on. Where sockets were passed, these are all. Throws Error or system_error.
    void listen(const configuration::DaemonSettings& settings, std::vector<ActivatedSocket> activated);
    /// What can change while clients are answered: modes, group, limits.
    void apply(const configuration::DaemonSettings& settings);
    /// Where clients find us, for people.
    std::string address() const { return paths_.begin()->second.native(); }

private:
    rpc::ListenOptions options_of(SocketKind kind, const configuration::DaemonSettings& settings) const;
    unsigned mode_of(SocketKind kind, const configuration::DaemonSettings& settings) const;
    const rpc::Dispatcher& dispatcher_of(SocketKind kind) const;
    rpc::Server& server_of(SocketKind kind) const;
    void make_sockets(const configuration::DaemonSettings& settings);
    void set_permissions(const configuration::DaemonSettings& settings);
    void make_aliases();
    void remove_aliases();

    rpc::Server &server_, &admin_server_;
    const DispatchTable& table_;
    std::filesystem::path directory_;
    bool session_;
    std::size_t most_clients_;
    bool made_by_us_ = true;
    std::map<SocketKind, std::filesystem::path> paths_;
    std::vector<std::filesystem::path> aliases_;
};

} // namespace vireo::daemon
