// SPDX-License-Identifier: Apache-2.0
#include "rpc/tests/peer.hpp"

#include "base/error.hpp"
#include "protocol/domain_guest.hpp"

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/writable_pipe.hpp>

#include <deque>
#include <limits>
#include <variant>

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

TEST(Stream, IsRefusedWhereTooManyAreOpen) {
    auto whole = [](asio::io_context& loop, Server& server) -> awaitable<void> {
        ConsoleCalls calls{loop, Session::Socket{loop}};
        Dispatcher dispatcher{{Program::Remote}};
        dispatcher.on<&ConsoleCalls::open>(protocol::domain_open_console, calls);
        Peer peer{loop, server, dispatcher};
        protocol::DomainOpenConsoleArgs args;
        co_await peer.send(Peer::call(protocol::domain_open_console, args, 4));
        auto answer = co_await peer.receive();
        EXPECT_EQ(answer.header.status, MessageStatus::Error);
    };
    run_with_server({.open_streams = 0}, whole);
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

// ---- holes
// --------------------------------------------------------------------------------------------------------

/// A sparse file of a test: what is read from it, and what was written to it.
struct SparseFile {
    std::deque<std::variant<std::string, std::uint64_t>> content; // bytes and holes, then the end
    std::vector<std::string> written;                             // holes as "hole 17"
    bool closed = false;
    asio::steady_timer* gate = nullptr; // writes wait for it
};

class SparseFileChannel final : public async::SparseChannel {
public:
    explicit SparseFileChannel(SparseFile& file) : file_{file} {}
    awaitable<std::uint64_t> read_hole() override {
        if (file_.content.empty() || file_.content.front().index() != 1) co_return 0;
        auto hole = std::get<1>(file_.content.front());
        file_.content.pop_front();
        co_return hole;
    }
    awaitable<std::size_t> read(std::span<char> space) override {
        if (file_.content.empty()) co_return 0;
        auto bytes = std::get<0>(file_.content.front());
        file_.content.pop_front();
        std::ranges::copy(bytes, space.begin());
        co_return bytes.size();
    }
    awaitable<void> write(std::string_view bytes) override {
        file_.written.emplace_back(bytes);
        if (file_.gate != nullptr) {
            boost::system::error_code opened;
            co_await file_.gate->async_wait(asio::redirect_error(asio::use_awaitable, opened));
        }
    }
    awaitable<void> write_hole(std::uint64_t bytes) override {
        file_.written.push_back("hole " + std::to_string(bytes));
        co_return;
    }
    void close() noexcept override {
        file_.closed = true;
        if (file_.gate != nullptr) file_.gate->cancel();
    }

private:
    SparseFile& file_;
};

struct FileCalls {
    void open(Session& session, const protocol::Header& call, const protocol::DomainOpenConsoleArgs&) {
        session.open_stream(call, std::make_unique<SparseFileChannel>(file));
    }
    SparseFile& file;
};

std::string hole_packet(std::int64_t length, std::uint32_t flags = 0) {
    return Peer::message({Program::Remote, 1, protocol::domain_open_console.number, MessageType::StreamHole,
                          4, MessageStatus::Continue},
                         protocol::StreamHole{length, flags});
}

void run_sparse(SparseFile& file, auto test) {
    auto whole = [&](asio::io_context& loop, Server& server) -> awaitable<void> {
        FileCalls calls{file};
        Dispatcher dispatcher{{Program::Remote}};
        dispatcher.on<&FileCalls::open>(protocol::domain_open_console, calls);
        Peer peer{loop, server, dispatcher};
        protocol::DomainOpenConsoleArgs args;
        co_await peer.send(Peer::call(protocol::domain_open_console, args, 4));
        auto opened = co_await peer.receive();
        EXPECT_EQ(opened.header.type, MessageType::Reply);
        co_await test(peer);
    };
    run_with_server({}, whole);
    EXPECT_TRUE(file.closed);
}

/// What the server sends up to the end or a last packet, in words.
awaitable<std::vector<std::string>> hear(Peer& peer) {
    std::vector<std::string> heard;
    while (true) {
        auto packet = co_await peer.receive();
        if (packet.header.type == MessageType::StreamHole)
            heard.push_back("hole " + std::to_string(xdr::decode<protocol::StreamHole>(packet.body).length));
        else if (packet.header.status == MessageStatus::Error)
            heard.push_back("error " + std::to_string(xdr::decode<protocol::RemoteError>(packet.body).code));
        else if (packet.header.status == MessageStatus::Ok)
            heard.emplace_back("finished");
        else
            heard.push_back(packet.body);
        if (packet.header.status != MessageStatus::Continue || packet.body.empty()) co_return heard;
    }
}
using Words = std::vector<std::string>;

TEST(SparseStream, TellsTheClientOfHoles) {
    SparseFile file{{17U, "data", 1ULL << 62U, "more", 3U}, {}};
    auto test = [](Peer& peer) -> awaitable<void> {
        auto heard = co_await hear(peer);
        Words expected{"hole 17", "data", "hole 4611686018427387904", "more", "hole 3", ""};
        EXPECT_EQ(heard, expected);
    };
    run_sparse(file, test);
}

/// More than the message's number can say is several holes.
TEST(SparseStream, SplitsWhatOneMessageCannotSay) {
    SparseFile file{{~0ULL}, {}};
    auto test = [](Peer& peer) -> awaitable<void> {
        auto heard = co_await hear(peer);
        Words expected{"hole 9223372036854775807", "hole 9223372036854775807", "hole 1", ""};
        EXPECT_EQ(heard, expected);
    };
    run_sparse(file, test);
}

TEST(SparseStream, TakesHolesOfTheClient) {
    SparseFile file;
    auto test = [](Peer& peer) -> awaitable<void> {
        co_await peer.send(packet(MessageStatus::Continue, "a") + hole_packet(1U << 30U) +
                           packet(MessageStatus::Continue, "b") + hole_packet(0) +
                           hole_packet(std::numeric_limits<std::int64_t>::max()) +
                           packet(MessageStatus::Ok, ""));
        auto end = co_await hear(peer);
        EXPECT_EQ(end, Words{""});
        auto finished = co_await hear(peer);
        EXPECT_EQ(finished, Words{"finished"});
    };
    run_sparse(file, test);
    Words expected{"a", "hole 1073741824", "b", "hole 0", "hole 9223372036854775807"};
    EXPECT_EQ(file.written, expected);
}

TEST(SparseStream, RefusesHolesThatCannotBe) {
    struct Case {
        std::string packet;
        std::int32_t code;
    };
    std::string half = hole_packet(1);
    half.resize(half.size() - 4);
    half[3] = static_cast<char>(half.size());
    for (const auto& [bytes, code] : {Case{hole_packet(std::numeric_limits<std::int64_t>::min()), 8},
                                      Case{hole_packet(-1), 8}, Case{hole_packet(1, 1), 8}, Case{half, 39}}) {
        SparseFile file;
        auto test = [&](Peer& peer) -> awaitable<void> {
            auto end = co_await hear(peer);
            EXPECT_EQ(end, Words{""});
            co_await peer.send(bytes);
            auto refused = co_await hear(peer);
            EXPECT_EQ(refused, Words{"error " + std::to_string(code)});
        };
        run_sparse(file, test);
        EXPECT_TRUE(file.written.empty());
    }
}

TEST(Stream, WithoutHolesRefusesThem) {
    auto test = [](Peer& peer, Session::Socket&) -> awaitable<void> {
        co_await peer.send(hole_packet(17));
        auto refused = co_await hear(peer);
        EXPECT_EQ(refused, Words{"error 74"});
    };
    run(test);
}

TEST(SparseStream, RefusesDataAfterItsEnd) {
    SparseFile file;
    auto test = [&](Peer& peer) -> awaitable<void> {
        asio::steady_timer gate{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
        file.gate = &gate;
        co_await peer.send(packet(MessageStatus::Continue, "first") + packet(MessageStatus::Ok, "") +
                           packet(MessageStatus::Continue, "late"));
        auto end = co_await hear(peer);
        if (end == Words{""}) end = co_await hear(peer);
        EXPECT_EQ(end, Words{"error 55"});
        file.gate = nullptr;
    };
    run_sparse(file, test);
}

/// Whatever the stream does: before anything, while the channel takes what was sent, and after the end.
TEST(SparseStream, CanBeAbortedInEachState) {
    for (const auto& before :
         {std::string{}, packet(MessageStatus::Continue, "x"),
          packet(MessageStatus::Continue, "x") + packet(MessageStatus::Ok, ""), hole_packet(1)}) {
        SparseFile file;
        auto test = [&](Peer& peer) -> awaitable<void> {
            asio::steady_timer gate{co_await asio::this_coro::executor,
                                    asio::steady_timer::time_point::max()};
            file.gate = &gate;
            co_await peer.send(before + packet(MessageStatus::Error, ""));
            auto answer = co_await hear(peer);
            if (answer == Words{""}) answer = co_await hear(peer);
            EXPECT_EQ(answer, Words{"finished"});
            co_await peer.send(packet(MessageStatus::Error, "") + packet(MessageStatus::Continue, "late") +
                               hole_packet(1)); // of no use, and no harm
            protocol::DomainOpenConsoleArgs args;
            co_await peer.send(Peer::call(protocol::domain_open_console, args, 9));
            auto again = co_await peer.receive();
            EXPECT_EQ(again.header.serial, 9U);
            file.gate = nullptr;
        };
        run_sparse(file, test);
    }
}

} // namespace vireo::rpc
