// SPDX-License-Identifier: Apache-2.0
#include "rpc/server.hpp"

#include "base/log.hpp"

#include <boost/asio/redirect_error.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

namespace vireo::rpc {

namespace {
constexpr log::Source log{"rpc"};
/// Of unfinished messages of all clients; what fits a share's free part is not counted.
constexpr std::size_t unfinished_limit = 128U << 20, free_of_each = 64U << 10;
/// Wait after accept(2) failed, for want of descriptors say, before it is tried again.
constexpr std::chrono::milliseconds accept_pause{100};
} // namespace

Server::Server(asio::any_io_executor executor, SessionLimits limits)
    : executor_{executor}, limits_{limits}, budget_{unfinished_limit, free_of_each},
      client_left_{executor, asio::steady_timer::time_point::max()}, acceptors_{executor},
      finishers_{executor} {}

asio::local::stream_protocol::acceptor Server::bind(const ListenOptions& options) {
    std::filesystem::remove(options.path);
    asio::local::stream_protocol::acceptor acceptor{executor_};
    acceptor.open();
    auto old_mask = ::umask(~options.mode & 0777); // the right mode at birth
    boost::system::error_code error;
    acceptor.bind({options.path.native()}, error);
    ::umask(old_mask);
    if (error) throw std::system_error(error, options.path.native());
    acceptor.listen(options.waiting_clients);
    return acceptor;
}

void Server::listen(const ListenOptions& options, const Dispatcher& dispatcher, Fd activated) {
    bool was_activated{activated};
    asio::local::stream_protocol::acceptor acceptor{executor_};
    if (was_activated)
        acceptor.assign({}, activated.release());
    else
        acceptor = bind(options);
    auto& listener =
        listeners_.emplace_back(Listener{options, std::move(acceptor), &dispatcher, was_activated});
    acceptors_.spawn(accept_clients(listener));
}

void Server::set_limits(const std::filesystem::path& path, std::size_t most_clients, SessionLimits limits) {
    for (auto& listener : listeners_) {
        if (listener.options.path != path) continue;
        listener.options.most_clients = most_clients;
        listener.options.limits = limits;
    }
    client_left_.cancel(); // there may be room now
}

/// False when the server stops.
awaitable<bool> Server::wait_for_room(const Listener& listener) {
    while (listener.clients >= listener.options.most_clients) {
        boost::system::error_code woken;
        co_await client_left_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) co_return false;
    }
    co_return true;
}

awaitable<void> Server::accept_clients(Listener& listener) {
    bool warned = false; // once until it goes on: others decide how often it happens
    while (true) {
        bool goes_on = co_await wait_for_room(listener);
        if (!goes_on) co_return;
        boost::system::error_code error;
        auto socket =
            co_await listener.acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted) co_return;
        if (!error) {
            warned = false;
            goes_on = co_await wait_for_room(listener); // the limit may have changed meanwhile
            if (!goes_on) co_return;
            add(std::move(socket), *listener.dispatcher, listener.options.read_only, &listener);
            continue;
        }
        if (!std::exchange(warned, true))
            log.warning("cannot accept a client on {}: {}", listener.options.path.native(), error.message());
        asio::steady_timer pause{executor_, accept_pause};
        co_await pause.async_wait(asio::use_awaitable);
    }
}

std::shared_ptr<Session> Server::serve(Session::Socket socket, const Dispatcher& dispatcher, bool read_only) {
    return add(std::move(socket), dispatcher, read_only, nullptr);
}

std::shared_ptr<Session> Server::add(Session::Socket socket, const Dispatcher& dispatcher, bool read_only,
                                     Listener* listener) {
    auto id = ++last_id_;
    auto limits = listener != nullptr ? listener->options.limits.value_or(limits_) : limits_;
    auto session = std::make_shared<Session>(id, std::move(socket), dispatcher, budget_, limits, read_only);
    sessions_.emplace(id, session);
    clients_changed_();
    if (listener != nullptr) ++listener->clients;
    session->start([this, listener, raw = session.get()] {
        finishers_.spawn(finish(raw->shared_from_this(), listener));
    });
    return session;
}

awaitable<void> Server::finish(std::shared_ptr<Session> session, Listener* listener) {
    co_await session->stop();
    sessions_.erase(session->id());
    if (listener != nullptr) --listener->clients;
    client_left_.cancel();
    clients_changed_();
}

std::size_t Server::most_clients() const {
    std::size_t most = 0;
    for (const auto& listener : listeners_) most = std::max(most, listener.options.most_clients);
    return most;
}

void Server::set_most_clients(std::size_t most) {
    for (auto& listener : listeners_) listener.options.most_clients = most;
    client_left_.cancel(); // there may be room now for who waits
}

awaitable<void> Server::stop() {
    co_await acceptors_.stop();
    for (auto& listener : listeners_) {
        std::error_code ignored;
        if (!listener.activated) std::filesystem::remove(listener.options.path, ignored);
        boost::system::error_code ignored_too;
        listener.acceptor.close(ignored_too);
    }
    auto sessions = sessions_;
    for (const auto& [id, session] : sessions) session->close();
    co_await finishers_.join();
    listeners_.clear(); // the sessions that ended counted themselves out
}

} // namespace vireo::rpc
