// SPDX-License-Identifier: Apache-2.0
#include "client/connection.hpp"
#include "client/domain.hpp"
#include "client/tests/scripted_daemon.hpp"
#include "protocol/connect.hpp"
#include "protocol/domain.hpp"
#include "protocol/domain_events.hpp"
#include "protocol/domain_guest.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace vireo::client {

using namespace protocol;
using Opened = std::shared_ptr<Connection>;
using Daemon = std::shared_ptr<ScriptedDaemon>;

/// Both ends, and the first calls between them.
class ConnectionTest : public testing::Test {
protected:
    ConnectionTest() : ours_{loop_}, theirs_{loop_} { asio::local::connect_pair(ours_, theirs_); }

    /// Plays `daemon` against `client` until both have ended; what the client throws comes out.
    void play(awaitable<void> client, awaitable<void> daemon) {
        auto first = asio::co_spawn(loop_, std::move(client), asio::use_future);
        auto second = asio::co_spawn(loop_, std::move(daemon), asio::use_future);
        loop_.run();
        second.get();
        first.get();
    }
    awaitable<Opened> open() {
        OpenOptions options;
        options.uri = "qemu+unix:///system?socket=/x";
        options.keepalive.interval = std::chrono::milliseconds{0};
        co_return co_await Connection::open(std::move(ours_), std::move(options));
    }
    Daemon daemon() { return std::make_shared<ScriptedDaemon>(std::move(theirs_)); }

    asio::io_context loop_;
    Multiplexer::Socket ours_, theirs_;
};

awaitable<void> shake_hands(Daemon daemon) {
    auto list = co_await daemon->hear();
    EXPECT_EQ(list.header.procedure, auth_list.number);
    AuthListRet offers{{AuthType::None}};
    co_await daemon->reply(list.header, offers);
    auto feature = co_await daemon->hear();
    EXPECT_EQ(xdr::decode<ConnectSupportsFeatureArgs>(feature.body).feature, 10);
    ConnectSupportsFeatureRet yes{1};
    co_await daemon->reply(feature.header, yes);
    auto open = co_await daemon->hear();
    EXPECT_EQ(xdr::decode<ConnectOpenArgs>(open.body).name, "qemu:///system");
    Nothing nothing{};
    co_await daemon->reply(open.header, nothing);
}

awaitable<void> take_leave(Daemon daemon) {
    auto close = co_await daemon->hear();
    EXPECT_EQ(close.header.procedure, connect_close.number);
    Nothing nothing{};
    co_await daemon->reply(close.header, nothing);
}

awaitable<void> open_and_close(awaitable<Opened> opening) {
    auto connection = co_await std::move(opening);
    EXPECT_TRUE(connection->alive());
    co_await connection->close();
    EXPECT_FALSE(connection->alive());
}

awaitable<void> greet_and_part(Daemon daemon) {
    co_await shake_hands(daemon);
    co_await take_leave(daemon);
}

TEST_F(ConnectionTest, OpensAndSaysGoodbye) { play(open_and_close(open()), greet_and_part(daemon())); }

awaitable<void> offer_only_sasl(Daemon daemon) {
    auto list = co_await daemon->hear();
    AuthListRet offers{{AuthType::Sasl}};
    co_await daemon->reply(list.header, offers);
}

TEST_F(ConnectionTest, SaysThatItCannotProveWhoItIs) {
    try {
        play(open_and_close(open()), offer_only_sasl(daemon()));
        FAIL() << "it must not open";
    } catch (const Error& error) { EXPECT_EQ(error.code, ErrorCode::AuthFailed); }
}

awaitable<void> ask_two_at_once(awaitable<Opened> opening) {
    using namespace asio::experimental::awaitable_operators;
    auto connection = co_await std::move(opening);
    auto [host, type] =
        co_await (connection->call(connect_get_hostname) && connection->call(connect_get_type));
    EXPECT_EQ(host.hostname, "h");
    EXPECT_EQ(type.type, "QEMU");
    co_await connection->close();
}

awaitable<void> answer_in_reverse(Daemon daemon) {
    co_await shake_hands(daemon);
    auto first = co_await daemon->hear();
    auto second = co_await daemon->hear();
    ConnectGetTypeRet type{"QEMU"};
    co_await daemon->reply(second.header, type);
    ConnectGetHostnameRet host{"h"};
    co_await daemon->reply(first.header, host);
    co_await take_leave(daemon);
}

TEST_F(ConnectionTest, AnswersMayComeInAnyOrder) {
    play(ask_two_at_once(open()), answer_in_reverse(daemon()));
}

awaitable<void> look_up(awaitable<Opened> opening) {
    auto connection = co_await std::move(opening);
    std::optional<Error> told;
    try {
        co_await Domain::lookup_by_name(connection, "nope");
    } catch (const Error& error) { told = error; }
    EXPECT_TRUE(told && told->code == ErrorCode::NoDomain && told->domain == ErrorDomain::Qemu);
    EXPECT_STREQ(told ? told->what() : "", "not there");
    co_await connection->close();
}

awaitable<void> know_no_domain(Daemon daemon) {
    co_await shake_hands(daemon);
    auto call = co_await daemon->hear();
    RemoteError error;
    error.code = 42;
    error.domain = 10;
    error.message = "not there";
    co_await daemon->refuse(call.header, error);
    co_await take_leave(daemon);
}

TEST_F(ConnectionTest, ErrorsKeepCodeDomainAndMessage) { play(look_up(open()), know_no_domain(daemon())); }

/// Makes a call whose answer never comes as it should, and throws what it gets.
awaitable<void> call_in_vain(awaitable<Opened> opening) {
    auto connection = co_await std::move(opening);
    std::exception_ptr failure;
    try {
        co_await connection->call(connect_get_hostname);
    } catch (...) { failure = std::current_exception(); }
    EXPECT_FALSE(connection->alive());
    co_await connection->close();
    if (failure) std::rethrow_exception(failure);
}

awaitable<void> answer_with(Daemon daemon, std::string bytes) {
    co_await shake_hands(daemon);
    co_await daemon->hear();
    co_await daemon->say(std::move(bytes));
    daemon->hang_up();
}

struct Hostile {
    std::string_view name;
    std::string bytes;
};
std::string message(Header header, std::string_view body = {}) {
    std::string bytes;
    rpc::FrameWriter frame{bytes, header};
    frame.write_bytes(body);
    frame.finish();
    return bytes;
}
Header header_of(MessageType type, std::uint32_t serial, std::uint32_t version = program_version) {
    return {Program::Remote, version, connect_get_hostname.number, type, serial, MessageStatus::Ok};
}

class HostileDaemon : public ConnectionTest, public testing::WithParamInterface<Hostile> {};
TEST_P(HostileDaemon, EndsTheConnectionWithAnError) {
    EXPECT_THROW(play(call_in_vain(open()), answer_with(daemon(), GetParam().bytes)), Error);
}
using namespace std::string_literals;
INSTANTIATE_TEST_SUITE_P(
    Answers, HostileDaemon,
    testing::Values(Hostile{"Nothing", ""}, Hostile{"HalfALength", "\0\0"s},
                    Hostile{"TooLong", "\xff\xff\xff\xff"s}, Hostile{"TooShort", "\0\0\0\x04"s},
                    Hostile{"UnknownSerial", message(header_of(MessageType::Reply, 99))},
                    Hostile{"Call", message(header_of(MessageType::Call, 3))},
                    Hostile{"OtherVersion", message(header_of(MessageType::Reply, 3, 2))},
                    Hostile{"CutOff",
                            message(header_of(MessageType::Reply, 3), "\0\0\0\x08hi"s).substr(0, 30)}),
    [](const auto& test) { return std::string{test.param.name}; });

/// A body that does not decode is the fault of one answer, not of the connection.
awaitable<void> get_nonsense(awaitable<Opened> opening) {
    auto connection = co_await std::move(opening);
    bool refused = false;
    try {
        co_await connection->call(connect_get_hostname);
    } catch (const Error&) { refused = true; }
    EXPECT_TRUE(refused && connection->alive());
    co_await connection->close();
}

awaitable<void> answer_nonsense(Daemon daemon) {
    co_await shake_hands(daemon);
    auto call = co_await daemon->hear();
    std::uint32_t length = 0xffffffff;
    co_await daemon->reply(call.header, length);
    co_await take_leave(daemon);
}

TEST_F(ConnectionTest, AnAnswerThatDoesNotDecodeFailsOnlyItsCall) {
    play(get_nonsense(open()), answer_nonsense(daemon()));
}

awaitable<void> hear_events(awaitable<Opened> opening, std::shared_ptr<std::vector<std::string>> seen) {
    auto connection = co_await std::move(opening);
    connection->on_event(domain_event_callback_lifecycle,
                         [seen](const auto& event) { seen->push_back(event.msg.dom.name); });
    ConnectDomainEventCallbackRegisterAnyArgs args{};
    auto answer = co_await connection->call(connect_domain_event_callback_register_any, args);
    EXPECT_EQ(answer.callback_id, 7);
    co_await connection->close();
}

awaitable<void> send_event(Daemon daemon) {
    co_await shake_hands(daemon);
    auto call = co_await daemon->hear();
    ConnectDomainEventCallbackRegisterAnyRet id{7};
    co_await daemon->reply(call.header, id);
    std::string bytes;
    Header header{Program::Remote,      1, domain_event_callback_lifecycle.number,
                  MessageType::Message, 0, MessageStatus::Ok};
    DomainEventCallbackLifecycleMsg event{};
    event.msg.dom.name = "web";
    rpc::append_frame(bytes, header, event);
    header.procedure = 170; // nobody listens to this one
    rpc::append_frame(bytes, header, Nothing{});
    co_await daemon->say(std::move(bytes));
    co_await take_leave(daemon);
}

TEST_F(ConnectionTest, EventsReachWhoListens) {
    auto seen = std::make_shared<std::vector<std::string>>();
    play(hear_events(open(), seen), send_event(daemon()));
    EXPECT_EQ(*seen, std::vector<std::string>{"web"});
}

awaitable<void> ping_first(Daemon daemon) {
    auto list = co_await daemon->hear();
    Header ping{Program::Keepalive, 1, keepalive_ping, MessageType::Message, 0, MessageStatus::Ok};
    co_await daemon->say(message(ping));
    auto pong = co_await daemon->hear();
    EXPECT_EQ(pong.header.program, Program::Keepalive);
    EXPECT_EQ(pong.header.procedure, keepalive_pong);
    AuthListRet offers{{AuthType::Polkit}};
    co_await daemon->reply(list.header, offers);
}

TEST_F(ConnectionTest, AnswersPings) {
    EXPECT_THROW(play(open_and_close(open()), ping_first(daemon())), Error);
}

awaitable<void> fall_silent(Daemon daemon) {
    co_await shake_hands(daemon);
    auto call = co_await daemon->hear();
    EXPECT_EQ(call.header.procedure, connect_get_hostname.number);
    for (int i = 0; i < 2; ++i) {
        auto ping = co_await daemon->hear();
        EXPECT_EQ(ping.header.procedure, keepalive_ping);
    }
}

TEST_F(ConnectionTest, ASilentDaemonIsGivenUp) {
    OpenOptions options;
    options.uri = "qemu:///system";
    options.keepalive = {std::chrono::milliseconds{1}, 2};
    auto opening = Connection::open(std::move(ours_), std::move(options));
    EXPECT_THROW(play(call_in_vain(std::move(opening)), fall_silent(daemon())), Error);
}

awaitable<void> use_console(awaitable<Opened> opening) {
    auto connection = co_await std::move(opening);
    DomainHandle handle{"web", Uuid{}, 1};
    Domain domain{connection, handle};
    auto stream = co_await domain.open_console(std::nullopt, 0);
    auto first = co_await stream->receive();
    EXPECT_EQ(first, "login: ");
    co_await stream->send(std::string(protocol::stream_chunk_limit + 1, 'x'));
    auto end = co_await stream->receive();
    EXPECT_EQ(end, "");
    co_await stream->finish();
    co_await connection->close();
}

awaitable<void> serve_console(Daemon daemon) {
    co_await shake_hands(daemon);
    auto call = co_await daemon->hear();
    EXPECT_EQ(call.header.procedure, domain_open_console.number);
    Nothing nothing{};
    co_await daemon->reply(call.header, nothing);
    co_await daemon->send_stream(call.header, MessageStatus::Continue, "login: ");
    auto first = co_await daemon->hear();
    EXPECT_EQ(first.body.size(), protocol::stream_chunk_limit);
    auto second = co_await daemon->hear();
    EXPECT_EQ(second.body, "x");
    co_await daemon->send_stream(call.header, MessageStatus::Continue, "");
    auto finish = co_await daemon->hear();
    EXPECT_EQ(finish.header.status, MessageStatus::Ok);
    co_await daemon->send_stream(call.header, MessageStatus::Ok, "");
    co_await take_leave(daemon);
}

TEST_F(ConnectionTest, AStreamCarriesBytesBothWays) { play(use_console(open()), serve_console(daemon())); }

awaitable<void> abandon_flood(awaitable<Opened> opening) {
    auto connection = co_await std::move(opening);
    DomainHandle handle{"web", Uuid{}, 1};
    Domain domain{connection, handle};
    auto stream = co_await domain.open_console(std::nullopt, 0);
    co_await stream->receive();
    while (stream->held() <= Multiplexer::stream_limit) co_await asio::post(asio::use_awaitable);
    for (int turn = 0; turn < 100; ++turn) co_await asio::post(asio::use_awaitable);
    EXPECT_LE(stream->held(), 2 * Multiplexer::stream_limit); // the rest waits in the socket
    co_await stream->abort();
    co_await connection->close();
}

awaitable<void> flood(Daemon daemon) {
    co_await shake_hands(daemon);
    auto call = co_await daemon->hear();
    Nothing nothing{};
    co_await daemon->reply(call.header, nothing);
    for (std::size_t sent = 0; sent < 4 * Multiplexer::stream_limit; sent += stream_chunk_limit) {
        std::string chunk(stream_chunk_limit, 'y');
        co_await daemon->send_stream(call.header, MessageStatus::Continue, std::move(chunk));
    }
    auto abort = co_await daemon->hear();
    EXPECT_EQ(abort.header.status, MessageStatus::Error);
    co_await take_leave(daemon);
}

TEST_F(ConnectionTest, AFloodThatNobodyReadsStaysBounded) { play(abandon_flood(open()), flood(daemon())); }

/// What the name of a temporary file's descriptor leads to must be the same on both sides.
ino_t identity_of(const Fd& file) {
    struct stat facts{};
    EXPECT_EQ(::fstat(file.get(), &facts), 0);
    return facts.st_ino;
}

Fd open_memory_file() { return Fd{::memfd_create("test", MFD_CLOEXEC)}; }

awaitable<void> hand_two_over(awaitable<Opened> opening, std::shared_ptr<std::vector<ino_t>> sent) {
    using namespace asio::experimental::awaitable_operators;
    auto connection = co_await std::move(opening);
    std::vector<Fd> files;
    for (int i = 0; i < 2; ++i) sent->push_back(identity_of(files.emplace_back(open_memory_file())));
    DomainFdAssociateArgs args{{"web", {}, -1}, "group", 0};
    auto [nothing, host] =
        co_await (connection->call_with_descriptors(domain_fd_associate, args, std::move(files)) &&
                  connection->call(connect_get_hostname)); // a frame behind the descriptors
    EXPECT_EQ(host.hostname, "h");
    std::vector<Fd> many(descriptor_limit + 1);
    EXPECT_THROW(connection->call_with_descriptors(domain_fd_associate, args, std::move(many)), Error);
    co_await connection->close();
}

awaitable<void> take_two(Daemon daemon, std::shared_ptr<std::vector<ino_t>> sent) {
    co_await shake_hands(daemon);
    auto call = co_await daemon->hear();
    EXPECT_EQ(call.header.type, MessageType::CallWithDescriptors);
    EXPECT_EQ(xdr::decode<std::uint32_t>(call.body.substr(0, 4)), 2U);
    EXPECT_EQ(xdr::decode<DomainFdAssociateArgs>(call.body.substr(4)).name, "group");
    for (auto expected : *sent) {
        auto file = co_await daemon->take_descriptor();
        EXPECT_EQ(identity_of(file), expected);
    }
    auto next = co_await daemon->hear();
    Nothing nothing{};
    co_await daemon->reply(call.header, nothing);
    ConnectGetHostnameRet host{"h"};
    co_await daemon->reply(next.header, host);
    co_await take_leave(daemon);
}

TEST_F(ConnectionTest, HandsDescriptorsOver) {
    auto sent = std::make_shared<std::vector<ino_t>>();
    play(hand_two_over(open(), sent), take_two(daemon(), sent));
}

} // namespace vireo::client
