// SPDX-License-Identifier: Apache-2.0
#include "rpc/tests/peer.hpp"

#include "base/error.hpp"
#include "protocol/connect.hpp"
#include "protocol/domain.hpp"

#include <boost/asio/steady_timer.hpp>

namespace vireo::rpc {

/// A small service: one call in place, one that waits, one that fails.
struct Calls {
    protocol::ConnectGetLibVersionRet lib_version() { return {9'000'000}; }
    awaitable<protocol::ConnectGetHostnameRet> hostname() {
        asio::steady_timer gate{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
        gates.push_back(&gate);
        boost::system::error_code opened;
        co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, opened));
        ++finished;
        protocol::ConnectGetHostnameRet host{"host"};
        co_return host;
    }
    void create(protocol::DomainCreateArgs args) {
        throw Error(ErrorCode::NoDomain, ErrorDomain::Qemu, "no domain '" + args.dom.name + "'");
    }
    std::vector<asio::steady_timer*> gates;
    int finished = 0;
};

Dispatcher dispatcher_for(Calls& calls) {
    Dispatcher dispatcher{{Program::Remote, Program::Qemu}};
    dispatcher.on<&Calls::lib_version>(protocol::connect_get_lib_version, calls);
    dispatcher.on<&Calls::hostname>(protocol::connect_get_hostname, calls);
    dispatcher.on<&Calls::create>(protocol::domain_create, calls);
    return dispatcher;
}

void run(auto test, SessionLimits limits = {}, bool read_only = false) {
    Calls calls;
    auto dispatcher = dispatcher_for(calls);
    auto whole = [&](asio::io_context& loop, Server& server) -> awaitable<void> {
        Peer peer{loop, server, dispatcher, read_only};
        co_await test(peer, calls);
    };
    run_with_server(limits, whole);
}

std::string lib_version_call(std::uint32_t serial) {
    return Peer::call(protocol::connect_get_lib_version, protocol::Nothing{}, serial);
}

protocol::RemoteError error_in(const Received& reply) {
    return xdr::decode<protocol::RemoteError>(reply.body);
}

TEST(Session, AnswersACall) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        co_await peer.send(lib_version_call(7));
        auto reply = co_await peer.receive();
        EXPECT_EQ(reply.header.serial, 7U);
        EXPECT_EQ(reply.header.type, MessageType::Reply);
        EXPECT_EQ(reply.header.status, MessageStatus::Ok);
        EXPECT_EQ(xdr::decode<protocol::ConnectGetLibVersionRet>(reply.body).lib_ver, 9'000'000U);
    };
    run(test);
}

TEST(Session, AnswersManyCallsOfOnePacket) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        std::string calls;
        for (std::uint32_t serial = 0; serial < 1000; ++serial) calls += lib_version_call(serial);
        co_await peer.send(calls);
        for (std::uint32_t serial = 0; serial < 1000; ++serial) {
            auto reply = co_await peer.receive();
            EXPECT_EQ(reply.header.serial, serial);
        }
    };
    run(test);
}

TEST(Session, AnswersACallThatComesByteByByte) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        for (char byte : lib_version_call(1)) co_await peer.send(std::string(1, byte));
        auto reply = co_await peer.receive();
        EXPECT_EQ(reply.header.serial, 1U);
    };
    run(test);
}

TEST(Session, ACallThatWaitsHoldsUpNoOther) {
    auto test = [](Peer& peer, Calls& calls) -> awaitable<void> {
        co_await peer.send(Peer::call(protocol::connect_get_hostname, protocol::Nothing{}, 1) +
                           lib_version_call(2));
        auto first = co_await peer.receive();
        EXPECT_EQ(first.header.serial, 2U);
        calls.gates.at(0)->cancel();
        auto second = co_await peer.receive();
        EXPECT_EQ(second.header.serial, 1U);
        EXPECT_EQ(xdr::decode<protocol::ConnectGetHostnameRet>(second.body).hostname, "host");
    };
    run(test);
}

TEST(Session, StopsReadingWhenTooManyCallsWait) {
    auto test = [](Peer& peer, Calls& calls) -> awaitable<void> {
        auto waiting = Peer::call(protocol::connect_get_hostname, protocol::Nothing{}, 1);
        co_await peer.send(waiting + waiting + lib_version_call(3));
        asio::steady_timer turn{co_await asio::this_coro::executor, std::chrono::milliseconds{1}};
        while (calls.gates.size() < 2) {
            turn.expires_after(std::chrono::milliseconds{1});
            co_await turn.async_wait(asio::use_awaitable);
        }
        calls.gates.at(0)->cancel();
        auto reply = co_await peer.receive();
        EXPECT_EQ(reply.header.serial, 1U); // the third was not even read before
        reply = co_await peer.receive();
        EXPECT_EQ(reply.header.serial, 3U);
        calls.gates.at(1)->cancel();
    };
    run(test, {.waiting_calls = 2});
}

TEST(Session, CarriesErrors) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        protocol::DomainCreateArgs args{{"web", Uuid{}, -1}};
        co_await peer.send(Peer::call(protocol::domain_create, args, 5));
        auto reply = co_await peer.receive();
        EXPECT_EQ(reply.header.status, MessageStatus::Error);
        auto error = error_in(reply);
        EXPECT_EQ(error.code, 42);
        EXPECT_EQ(error.domain, 10);
        EXPECT_EQ(error.message, "no domain 'web'");
    };
    run(test);
}

/// An error that quotes what the client sent must fit its reply.
TEST(Session, CutsErrorsThatQuoteTooMuch) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        protocol::DomainCreateArgs args;
        args.dom.name.assign(4U << 20, 'x');
        co_await peer.send(Peer::call(protocol::domain_create, args, 5));
        auto reply = co_await peer.receive();
        EXPECT_EQ(reply.header.serial, 5U);
        auto error = error_in(reply);
        EXPECT_EQ(error.code, static_cast<std::int32_t>(ErrorCode::NoDomain));
        EXPECT_LT(error.message->size(), 20'000U);
    };
    run(test);
}

TEST(Session, AReaderMayNotWrite) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        protocol::DomainCreateArgs args{{"web", Uuid{}, -1}};
        co_await peer.send(Peer::call(protocol::domain_create, args, 5) + lib_version_call(6));
        auto refused = co_await peer.receive();
        EXPECT_EQ(error_in(refused).code, 29);
        auto allowed = co_await peer.receive();
        EXPECT_EQ(allowed.header.status, MessageStatus::Ok);
    };
    run(test, {}, true);
}

struct Odd {
    const char* what;
    protocol::Header header;
    std::string body;
    int code;
};
class OddCall : public testing::TestWithParam<Odd> {};
TEST_P(OddCall, GetsAnErrorAndTheConnectionLives) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        std::string bytes;
        FrameWriter frame{bytes, GetParam().header};
        frame.write_bytes(GetParam().body);
        frame.finish();
        co_await peer.send(bytes + lib_version_call(2));
        auto refused = co_await peer.receive();
        EXPECT_EQ(refused.header.status, MessageStatus::Error);
        EXPECT_EQ(error_in(refused).code, GetParam().code) << GetParam().what;
        auto next = co_await peer.receive();
        EXPECT_EQ(next.header.serial, 2U);
    };
    run(test);
}
INSTANTIATE_TEST_SUITE_P(
    Calls, OddCall,
    testing::Values(Odd{"program", {Program{1}, 1, 1, MessageType::Call, 1, {}}, "", 39},
                    Odd{"version", {Program::Remote, 2, 157, MessageType::Call, 1, {}}, "", 39},
                    Odd{"procedure", {Program::Remote, 1, 10'000, MessageType::Call, 1, {}}, "", 39},
                    Odd{"negative procedure", {Program::Remote, 1, -1, MessageType::Call, 1, {}}, "", 39},
                    Odd{"event as a call", {Program::Remote, 1, 107, MessageType::Call, 1, {}}, "", 39},
                    Odd{"not implemented", {Program::Remote, 1, 23, MessageType::Call, 1, {}}, "", 3},
                    Odd{"program without handlers", {Program::Qemu, 1, 1, MessageType::Call, 1, {}}, "", 3},
                    Odd{"short body", {Program::Remote, 1, 9, MessageType::Call, 1, {}}, "\1\2\3\4", 39},
                    Odd{"a reply to us", {Program::Remote, 1, 157, MessageType::Reply, 1, {}}, "", 39}));

class BadLength : public testing::TestWithParam<std::string_view> {};
TEST_P(BadLength, ClosesTheConnection) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        co_await peer.send(std::string{GetParam()});
        auto closed = co_await peer.hung_up();
        EXPECT_TRUE(closed);
    };
    run(test);
}
using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(Words, BadLength,
                         testing::Values("\0\0\0\0 and what follows until it is long enough"sv,
                                         "\0\0\0\x1b and what follows until it is long enough"sv,
                                         "\xff\xff\xff\xff and what follows until it is long enough"sv,
                                         "\2\0\0\5 and what follows until it is long enough"sv));

/// Also when the word itself came in two pieces: nothing is kept of a message that cannot be one.
TEST_P(BadLength, ClosesTheConnectionWhenItComesInPieces) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        asio::steady_timer turn{co_await asio::this_coro::executor};
        for (auto piece : {GetParam().substr(0, 3), GetParam().substr(3)}) {
            std::string bytes{piece};
            co_await peer.send(bytes);
            turn.expires_after(std::chrono::milliseconds{1});
            co_await turn.async_wait(asio::use_awaitable);
        }
        auto closed = co_await peer.hung_up();
        EXPECT_TRUE(closed);
    };
    run(test, {.frame_deadline = std::chrono::hours{1}});
}

TEST(Session, WhoDoesNotFinishAMessageIsDisconnected) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        co_await peer.send(lib_version_call(1).substr(0, 9));
        auto closed = co_await peer.hung_up();
        EXPECT_TRUE(closed);
    };
    run(test, {.frame_deadline = std::chrono::milliseconds{0}});
}

/// The time is one message's: a client whose packets always end in the middle of one is not slow.
TEST(Session, WhoFinishesEachMessageInTimeStays) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        auto call = lib_version_call(1);
        std::string begin = call.substr(0, 9), rest = call.substr(9);
        asio::steady_timer pause{co_await asio::this_coro::executor};
        co_await peer.send(begin);
        for (int i = 0; i < 4; ++i) {
            pause.expires_after(std::chrono::milliseconds{400});
            co_await pause.async_wait(asio::use_awaitable);
            co_await peer.send(rest + begin);
            auto reply = co_await peer.receive();
            EXPECT_EQ(reply.header.status, MessageStatus::Ok);
        }
    };
    run(test, {.frame_deadline = std::chrono::milliseconds{1000}});
}

TEST(Session, AnswersAPing) {
    auto test = [](Peer& peer, Calls&) -> awaitable<void> {
        co_await peer.send(Peer::message(
            {Program::Keepalive, 1, 1, MessageType::Message, 0, MessageStatus::Ok}, protocol::Nothing{}));
        auto pong = co_await peer.receive();
        EXPECT_EQ(pong.header.program, Program::Keepalive);
        EXPECT_EQ(pong.header.procedure, 2);
    };
    run(test);
}

struct KeepaliveCalls {
    void start(Session& session) { session.start_keepalive(); }
};
TEST(Session, WhoAnswersNoPingIsDisconnected) {
    auto test = [](asio::io_context& loop, Server& server) -> awaitable<void> {
        KeepaliveCalls calls;
        Dispatcher dispatcher{{Program::Remote}};
        dispatcher.on<&KeepaliveCalls::start>(protocol::connect_close, calls);
        Peer peer{loop, server, dispatcher};
        co_await peer.send(Peer::call(protocol::connect_close, protocol::Nothing{}, 1));
        co_await peer.receive();
        for (int ping = 0; ping < 2; ++ping) {
            auto message = co_await peer.receive();
            EXPECT_EQ(message.header.program, Program::Keepalive);
        }
        auto closed = co_await peer.hung_up();
        EXPECT_TRUE(closed);
    };
    run_with_server({.keepalive_interval = std::chrono::milliseconds{2}, .keepalive_count = 2}, test);
}

TEST(Session, AClientThatLeavesDoesNotEndItsCalls) {
    auto test = [](Peer& peer, Calls& calls) -> awaitable<void> {
        co_await peer.send(Peer::call(protocol::connect_get_hostname, protocol::Nothing{}, 1));
        asio::steady_timer turn{co_await asio::this_coro::executor};
        auto next_turn = [&] { turn.expires_after(std::chrono::milliseconds{1}); };
        for (; calls.gates.empty(); co_await turn.async_wait(asio::use_awaitable)) next_turn();
        peer.close();
        for (int turns = 0; turns < 5; ++turns) {
            next_turn();
            co_await turn.async_wait(asio::use_awaitable);
        }
        EXPECT_EQ(calls.finished, 0);
        calls.gates.at(0)->cancel();
        for (; calls.finished == 0; co_await turn.async_wait(asio::use_awaitable)) next_turn();
    };
    run(test);
}

TEST(MemoryBudget, CountsOnlyWhatIsOverTheFreePart) {
    MemoryBudget budget{100, 10};
    MemoryBudget::Share small{budget}, big{budget}, bigger{budget};
    EXPECT_TRUE(small.resize(10));
    EXPECT_EQ(budget.used(), 0U);
    EXPECT_TRUE(big.resize(60));
    EXPECT_FALSE(bigger.resize(41));
    EXPECT_TRUE(big.resize(20));
    EXPECT_TRUE(bigger.resize(80));
    EXPECT_EQ(budget.used(), 100U);
}

} // namespace vireo::rpc
