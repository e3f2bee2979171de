// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/framing.hpp"
#include "rpc/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace vireo::rpc {

using protocol::MessageStatus;
using protocol::MessageType;
using protocol::Program;

/// A message as the peer received it.
struct Received {
    protocol::Header header;
    std::string body;
};

/// The client's end of a session under test, spoken byte by byte.
class Peer {
public:
    Peer(asio::io_context& loop, Server& server, const Dispatcher& dispatcher, bool read_only = false)
        : socket_{loop} {
        Session::Socket theirs{loop};
        asio::local::connect_pair(socket_, theirs);
        server.serve(std::move(theirs), dispatcher, read_only);
    }

    explicit Peer(Session::Socket socket) : socket_{std::move(socket)} {}

    template <class Body> static std::string message(const protocol::Header& header, const Body& body) {
        std::string bytes;
        append_frame(bytes, header, body);
        return bytes;
    }
    template <class Args, class Ret>
    static std::string call(const protocol::Procedure<Args, Ret>& procedure, const Args& args,
                            std::uint32_t serial) {
        return message({procedure.program, 1, procedure.number, MessageType::Call, serial, MessageStatus::Ok},
                       args);
    }
    awaitable<void> send(std::string bytes) {
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    }
    awaitable<Received> receive() {
        std::string bytes(protocol::length_size, '\0');
        co_await asio::async_read(socket_, asio::buffer(bytes), asio::use_awaitable);
        auto size = *frame_size(bytes);
        bytes.resize(size);
        co_await asio::async_read(socket_, asio::buffer(bytes) + protocol::length_size, asio::use_awaitable);
        auto frame = parse_frame(bytes);
        Received received{frame.header, std::string{frame.body}};
        co_return received;
    }
    /// True when the other side has hung up.
    awaitable<bool> hung_up() {
        char byte = 0;
        boost::system::error_code error;
        co_await socket_.async_read_some(asio::buffer(&byte, 1),
                                         asio::redirect_error(asio::use_awaitable, error));
        co_return static_cast<bool>(error);
    }
    void close() { socket_.close(); }

private:
    Session::Socket socket_;
};

/// Runs a test's coroutine on a loop of its own, with a server that is stopped afterwards.
inline void run_with_server(SessionLimits limits, auto test) {
    asio::io_context loop;
    Server server{loop.get_executor(), limits};
    std::exception_ptr failure;
    auto whole = [&]() -> awaitable<void> {
        co_await test(loop, server);
        co_await server.stop();
    };
    // the loop ends by itself: not before the pool's threads have let go of it
    asio::co_spawn(loop, whole(), [&](const std::exception_ptr& error) { failure = error; });
    loop.run_for(std::chrono::seconds{30});
    EXPECT_TRUE(loop.stopped()) << "the test hangs";
    if (failure) std::rethrow_exception(failure);
    EXPECT_EQ(server.session_count(), 0U);
}

} // namespace vireo::rpc
