// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "client/multiplexer.hpp"

#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace vireo::client {

/// A message as the daemon of a test heard it.
struct Heard {
    protocol::Header header;
    std::string body;
};

/// The daemon's end of a socket pair. A test plays its part, message by message.
class ScriptedDaemon {
public:
    using Socket = Multiplexer::Socket;
    explicit ScriptedDaemon(Socket socket) : socket_{std::move(socket)} {}

    awaitable<Heard> hear() {
        std::string bytes(protocol::length_size, '\0');
        co_await asio::async_read(socket_, asio::buffer(bytes), asio::use_awaitable);
        auto size = rpc::frame_size(bytes).value();
        bytes.resize(size);
        co_await asio::async_read(
            socket_, asio::buffer(bytes.data() + protocol::length_size, size - protocol::length_size),
            asio::use_awaitable);
        auto frame = rpc::parse_frame(bytes);
        co_return Heard{frame.header, std::string{frame.body}};
    }

    /// The descriptor that rides on the next byte.
    awaitable<Fd> take_descriptor() {
        co_await socket_.async_wait(Socket::wait_read, asio::use_awaitable);
        char byte = 1;
        std::vector<Fd> descriptors;
        auto size = rpc::receive(socket_.native_handle(), {&byte, 1}, descriptors);
        EXPECT_EQ(size, 1);
        EXPECT_EQ(byte, 0);
        EXPECT_EQ(descriptors.size(), 1U);
        co_return descriptors.empty() ? Fd{} : std::move(descriptors.front());
    }

    template <class Body> awaitable<void> reply(protocol::Header call, Body body) {
        call.type = protocol::MessageType::Reply;
        std::string bytes;
        rpc::append_frame(bytes, call, body);
        co_await say(std::move(bytes));
    }

    awaitable<void> refuse(protocol::Header call, protocol::RemoteError error) {
        call.type = protocol::MessageType::Reply;
        call.status = protocol::MessageStatus::Error;
        std::string bytes;
        rpc::append_frame(bytes, call, error);
        co_await say(std::move(bytes));
    }

    awaitable<void> send_stream(protocol::Header call, protocol::MessageStatus status, std::string data) {
        call.type = protocol::MessageType::Stream;
        call.status = status;
        std::string bytes;
        rpc::FrameWriter frame{bytes, call};
        frame.write_bytes(data);
        frame.finish();
        co_await say(std::move(bytes));
    }

    awaitable<void> say(std::string bytes) {
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    }
    void hang_up() { socket_.close(); }

private:
    Socket socket_;
};

} // namespace vireo::client
