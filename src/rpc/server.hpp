// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/task_group.hpp"
#include "base/fd.hpp"
#include "rpc/dispatcher.hpp"
#include "rpc/session.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <optional>

namespace vireo::rpc {

/// A unix socket that clients connect to.
struct ListenOptions {
    std::filesystem::path path;
    unsigned mode = 0700;
    bool read_only = false;
    /// Further ones wait until one leaves (libvirtd.conf, `max_clients`). Each socket counts its own, so that
    /// a crowd on the one that everybody may open keeps nobody from the others.
    std::size_t most_clients = 5000;
    int waiting_clients = 4096; // that the kernel keeps meanwhile (listen(2), "backlog")
    std::optional<SessionLimits> limits = std::nullopt; // of its clients; else the server's
};

/// Accepts clients on its sockets and owns their sessions. Main thread only.
class Server {
public:
    explicit Server(asio::any_io_executor executor, SessionLimits limits = {});

    /// Binds and listens; a socket that stands at the path is replaced. Throws system_error. With
    /// `activated`, a socket that somebody else bound and listens on, nothing is made, and nothing removed at
    /// the end.
    void listen(const ListenOptions& options, const Dispatcher& dispatcher, Fd activated = {});
    /// For the clients that come to this socket from now on.
    void set_limits(const std::filesystem::path& path, std::size_t most_clients, SessionLimits limits);
    /// Called whenever a client has come or is gone.
    void on_clients_changed(std::function<void()> observer) { clients_changed_ = std::move(observer); }
    /// Serves a socket that is connected already.
    std::shared_ptr<Session> serve(Session::Socket socket, const Dispatcher& dispatcher, bool read_only);
    /// Removes the sockets, disconnects all clients and waits for the end of their tasks.
    awaitable<void> stop();
    std::size_t session_count() const { return sessions_.size(); }
    /// Its clients, in the order in which they came.
    const std::map<std::uint64_t, std::shared_ptr<Session>>& sessions() const { return sessions_; }
    /// How many clients each of its sockets takes: the most of them all.
    std::size_t most_clients() const;
    /// From now on, for each of its sockets. Clients that are too many then stay.
    void set_most_clients(std::size_t most);

private:
    struct Listener {
        ListenOptions options;
        asio::local::stream_protocol::acceptor acceptor;
        const Dispatcher* dispatcher;
        bool activated;
        std::size_t clients = 0;
    };
    asio::local::stream_protocol::acceptor bind(const ListenOptions& options);
    awaitable<void> accept_clients(Listener& listener);
    std::shared_ptr<Session> add(Session::Socket socket, const Dispatcher& dispatcher, bool read_only,
                                 Listener* listener);
    awaitable<void> finish(std::shared_ptr<Session> session, Listener* listener);

    asio::any_io_executor executor_;
    SessionLimits limits_;
    MemoryBudget budget_;
    std::list<Listener> listeners_;
    std::map<std::uint64_t, std::shared_ptr<Session>> sessions_; // by their ids
    std::uint64_t last_id_ = 0;
    asio::steady_timer client_left_; // cancelled when a session ends
    std::function<void()> clients_changed_ = [] {};
    async::TaskGroup acceptors_, finishers_;
};

} // namespace vireo::rpc
