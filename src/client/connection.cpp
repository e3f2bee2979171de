// SPDX-License-Identifier: Apache-2.0
#include "client/connection.hpp"

#include "client/session_daemon.hpp"
#include "client/uri.hpp"
#include "protocol/connect.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace vireo::client {

namespace {
/// virDrvFeature: the daemon answers keepalive messages.
constexpr std::int32_t keepalive_feature = 10;
/// virConnectFlags
constexpr std::uint32_t read_only_flag = 1;

/// Ends a connection that is not open in time, unless it is cancelled before.
class Deadline {
public:
    Deadline(std::shared_ptr<Multiplexer> wire, std::chrono::milliseconds patience)
        : alarm_{wire->executor(), patience} {
        alarm_.async_wait([wire, patience](boost::system::error_code cancelled) {
            if (cancelled) return;
            wire->fail({ErrorCode::OperationTimeout, ErrorDomain::Remote,
                        fmt::format("the daemon did not answer within {} s", patience.count() / 1000)});
        });
    }

private:
    asio::steady_timer alarm_;
};

awaitable<Multiplexer::Socket> connect(std::string path) {
    Multiplexer::Socket socket{co_await asio::this_coro::executor};
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Remote,
                    fmt::format("the socket's path '{}' is too long", path));
    asio::local::stream_protocol::endpoint place{path};
    auto [failure] = co_await socket.async_connect(place, asio::as_tuple(asio::use_awaitable));
    if (failure)
        throw Error(ErrorCode::SystemError, ErrorDomain::Rpc,
                    fmt::format("cannot connect to the daemon's socket '{}': {}", path, failure.message()));
    co_return std::move(socket);
}

/// Connects to the daemon of the user's session, which is started when nobody listens. Two clients may start
/// one at the same time: one daemon then refuses to run beside the other, so what counts is whether one
/// answers afterwards.
awaitable<Multiplexer::Socket> connect_to_session(std::string path) {
    try {
        co_return co_await connect(path);
        // NOLINTNEXTLINE(bugprone-empty-catch): there is none yet
    } catch (const Error&) {}
    std::optional<Error> refused;
    try {
        co_await start_session_daemon();
    } catch (const Error& failure) { refused = failure; }
    try {
        co_return co_await connect(path);
    } catch (const Error&) {
        if (!refused) throw;
    }
    throw *refused;
}
} // namespace

awaitable<std::shared_ptr<Connection>> Connection::open(OpenOptions options) {
    if (options.uri.empty()) options.uri = default_uri();
    auto uri = Uri::parse(options.uri);
    auto path = socket_path(uri, options.read_only);
    auto connecting = may_be_started(uri) ? connect_to_session(std::move(path)) : connect(std::move(path));
    auto socket = co_await std::move(connecting);
    co_return co_await open(std::move(socket), std::move(options));
}

awaitable<std::shared_ptr<Connection>> Connection::open(Multiplexer::Socket socket, OpenOptions options) {
    auto name = Uri::parse(options.uri).for_daemon();
    auto wire = std::make_shared<Multiplexer>(std::move(socket));
    auto connection = std::make_shared<Connection>(wire, options.uri);
    wire->start();
    std::exception_ptr failure;
    try {
        Deadline deadline{wire, options.patience};
        co_await connection->shake_hands(std::move(name), std::move(options));
    } catch (...) { failure = std::current_exception(); }
    if (failure) {
        co_await wire->stop();
        std::rethrow_exception(failure);
    }
    co_return connection;
}

awaitable<void> Connection::shake_hands(std::string name, OpenOptions options) {
    co_await authenticate();
    protocol::ConnectSupportsFeatureArgs feature{keepalive_feature};
    auto answer = co_await call(protocol::connect_supports_feature, feature);
    protocol::ConnectOpenArgs args{std::move(name), options.read_only ? read_only_flag : 0};
    co_await call(protocol::connect_open, args);
    if (answer.supported == 1 && options.keepalive.interval.count() > 0)
        wire_->start_keepalive(options.keepalive);
}

awaitable<void> Connection::authenticate() {
    auto offered = (co_await call(protocol::auth_list)).types;
    if (std::ranges::find(offered, protocol::AuthType::None) != offered.end()) co_return;
    throw Error(ErrorCode::AuthFailed, ErrorDomain::Remote,
                "the daemon wants a proof of identity (SASL or polkit) that this client cannot give yet; "
                "try again as root, or read-only");
}

awaitable<void> Connection::close() {
    auto self = shared_from_this();
    if (alive()) {
        try {
            Deadline deadline{wire_, std::chrono::seconds{5}};
            co_await call(protocol::connect_close);
            // NOLINTNEXTLINE(bugprone-empty-catch): it goes in any case, and nobody is left to care
        } catch (const Error&) {}
    }
    co_await wire_->stop();
}

std::uint32_t Connection::descriptor_count(std::size_t count) {
    if (count > protocol::descriptor_limit)
        throw Error(ErrorCode::InvalidArgument, ErrorDomain::Rpc,
                    fmt::format("{} file descriptors are too many for one call: at most {} can be passed",
                                count, protocol::descriptor_limit));
    return static_cast<std::uint32_t>(count);
}

awaitable<std::shared_ptr<Stream>> Connection::opened_stream(protocol::Header header, std::string frame,
                                                             std::string* answer) {
    auto wire = wire_;
    auto stream = std::make_shared<Stream>(wire, header);
    wire->attach(header.serial, stream); // before the answer: data may follow it at once
    std::exception_ptr failure;
    try {
        auto body = co_await wire->exchange(header.serial, std::move(frame));
        if (answer) *answer = std::move(body);
    } catch (...) { failure = std::current_exception(); }
    if (failure) {
        wire->detach(header.serial);
        std::rethrow_exception(failure);
    }
    co_return stream;
}

} // namespace vireo::client
