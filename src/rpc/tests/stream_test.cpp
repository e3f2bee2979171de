// SPDX-License-Identifier: Apache-2.0
#include "rpc/tests/peer.hpp"

#include "protocol/domain_guest.hpp"

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>

namespace vireo::rpc {

/// A channel whose far end the test holds.
class PipeChannel final : public async::ByteChannel {
public:
    PipeChannel(Session::Socket socket) : socket_{std::move(socket)} {}
    awaitable<std::size_t> read(std::span<char> space) override {
        boost::system::error_code error;
        auto got = co_await socket_.async_read_some(asio::buffer(space.data(), space.size()),
                                                    asio::redirect_error(asio::use_awaitable, error));
        if (error && error != asio::error::eof) throw boost::system::system_error(error);
        co_return got;
    }
    awaitable<void> write(std::string_view bytes) override {
        co_await asio::async_write(socket_, asio::buffer(bytes), asio::use_awaitable);
    }
    void close() noexcept override {
        boost::system::error_code ignored;
        socket_.close(ignored);
    }

private:
    Session::Socket socket_;
};

struct ConsoleCalls {
    void open(Session& session, const protocol::DomainOpenConsoleArgs&) {
        protocol::Header call{Program::Remote,   1, protocol::domain_open_console.number,
                              MessageType::Call, 4, {}};
        Session::Socket ours{loop};
        asio::local::connect_pair(guest, ours);
        session.open_stream(call, std::make_unique<PipeChannel>(std::move(ours)));
    }
    asio::io_context& loop;
    Session::Socket guest;
};

std::string packet(MessageStatus status, std::string_view bytes) {
    std::string out;
    FrameWriter frame{
        out, {Program::Remote, 1, protocol::domain_open_console.number, MessageType::Stream, 4, status}};
    frame.write_bytes(bytes);
    frame.finish();
    return out;
}

void run(auto test) {
    auto whole = [&](asio::io_context& loop, Server& server) -> awaitable<void> {
        ConsoleCalls calls{loop, Session::Socket{loop}};
        Dispatcher dispatcher{{Program::Remote}};
        dispatcher.on<&ConsoleCalls::open>(protocol::domain_open_console, calls);
        Peer peer{loop, server, dispatcher};
        protocol::DomainOpenConsoleArgs args;
        co_await peer.send(Peer::call(protocol::domain_open_console, args, 4));
        auto opened = co_await peer.receive();
        EXPECT_EQ(opened.header.type, MessageType::Reply);
        EXPECT_EQ(opened.header.status, MessageStatus::Ok);
        co_await test(peer, calls.guest);
    };
    run_with_server({}, whole);
}

TEST(Stream, CarriesBothWaysAndFinishes) {
    auto test = [](Peer& peer, Session::Socket& guest) -> awaitable<void> {
        co_await asio::async_write(guest, asio::buffer("login: ", 7), asio::use_awaitable);
        auto data = co_await peer.receive();
        EXPECT_EQ(data.header.type, MessageType::Stream);
        EXPECT_EQ(data.header.status, MessageStatus::Continue);
        EXPECT_EQ(data.header.serial, 4U);
        EXPECT_EQ(data.body, "login: ");
        co_await peer.send(packet(MessageStatus::Continue, "ro") + packet(MessageStatus::Continue, "ot") +
                           packet(MessageStatus::Ok, ""));
        std::string typed(4, '\0');
        co_await asio::async_read(guest, asio::buffer(typed), asio::use_awaitable);
        EXPECT_EQ(typed, "root");
        auto finished = co_await peer.receive();
        EXPECT_EQ(finished.header.type, MessageType::Stream);
        EXPECT_EQ(finished.header.status, MessageStatus::Ok);
    };
    run(test);
}

TEST(Stream, TellsTheEnd) {
    auto test = [](Peer& peer, Session::Socket& guest) -> awaitable<void> {
        guest.close();
        auto end = co_await peer.receive();
        EXPECT_EQ(end.header.status, MessageStatus::Continue);
        EXPECT_EQ(end.body, "");
        co_await peer.send(packet(MessageStatus::Ok, ""));
        auto finished = co_await peer.receive();
        EXPECT_EQ(finished.header.status, MessageStatus::Ok);
    };
    run(test);
}

TEST(Stream, IsGoneAfterAnAbort) {
    auto test = [](Peer& peer, Session::Socket& guest) -> awaitable<void> {
        co_await peer.send(packet(MessageStatus::Error, ""));
        auto aborted = co_await peer.receive();
        EXPECT_EQ(aborted.header.status, MessageStatus::Ok);
        co_await peer.send(packet(MessageStatus::Continue, "late"));
        char byte = 0;
        boost::system::error_code error;
        co_await guest.async_read_some(asio::buffer(&byte, 1),
                                       asio::redirect_error(asio::use_awaitable, error));
        EXPECT_EQ(error, asio::error::eof);
    };
    run(test);
}

TEST(Stream, HoldsNoMoreThanItsWindows) {
    auto test = [](Peer& peer, Session::Socket& guest) -> awaitable<void> {
        // The guest writes 8 MiB that nobody fetches, then all of it arrives in order.
        std::string much(8U << 20, 'x');
        for (std::size_t i = 0; i < much.size(); i += 4096) much[i] = static_cast<char>('a' + i / 4096 % 26);
        auto writer = [&]() -> awaitable<void> {
            co_await asio::async_write(guest, asio::buffer(much), asio::use_awaitable);
            guest.close();
        };
        asio::co_spawn(guest.get_executor(), writer(), asio::detached);
        std::string got;
        while (true) {
            auto data = co_await peer.receive();
            EXPECT_EQ(data.header.status, MessageStatus::Continue);
            if (data.body.empty()) break;
            got += data.body;
        }
        EXPECT_TRUE(got == much);
    };
    run(test);
}

} // namespace vireo::rpc
