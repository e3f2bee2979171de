// SPDX-License-Identifier: Apache-2.0
#include "qemu/monitor/monitor.hpp"

#include "base/error.hpp"
#include "qemu/monitor/monitor_event.hpp"
#include "json/json.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cstring>

namespace vireo::qemu {

using namespace std::chrono_literals;
using Socket = Monitor::Socket;
using Names = std::vector<std::string>;

constexpr const char* greeting = R"({"QMP": {"version": {"qemu": {"major": 7}}, "capabilities": ["oob"]}})"
                                 "\r\n";

/// QEMU's end of a monitor: hears lines, and says what the test wants it to.
struct Peer {
    explicit Peer(Socket connected) : socket{std::move(connected)} {}
    Socket socket;
    std::string heard;

    awaitable<void> say(std::string text) {
        boost::system::error_code closed; // a monitor that has given up on us
        co_await asio::async_write(socket, asio::buffer(text),
                                   asio::redirect_error(asio::use_awaitable, closed));
    }
    /// The next command, or null at the end of the connection.
    awaitable<json::value> hear() {
        boost::system::error_code ended;
        auto length = co_await asio::async_read_until(socket, asio::dynamic_buffer(heard), '\n',
                                                      asio::redirect_error(asio::use_awaitable, ended));
        if (ended) co_return json::value{};
        auto line = heard.substr(0, length);
        heard.erase(0, length);
        co_return json::parse(line).value();
    }
    awaitable<void> answer(json::value command, std::string body) {
        auto id = json::print(command.as_object().at("id"));
        co_await say(fmt::format("{{{}, \"id\": {}}}\r\n", body, id));
    }
    /// Greeting and the command that enables all others.
    awaitable<void> welcome() {
        co_await say(greeting);
        auto command = co_await hear();
        EXPECT_EQ(command.as_object().at("execute"), "qmp_capabilities");
        co_await answer(std::move(command), R"("return": {})");
    }
};

using Script = awaitable<void> (*)(std::shared_ptr<Peer>);

/// A monitor whose other end plays `script`.
class MonitorTest : public testing::Test {
protected:
    std::shared_ptr<Peer> connect_peer() {
        auto peer = std::make_shared<Peer>(Socket{loop});
        asio::local::connect_pair(ours, peer->socket);
        return peer;
    }
    MonitorListener listener() {
        return {[this](const MonitorEvent& event) { events.push_back(event.name); },
                [this](const std::string& reason) { ends.push_back(reason); }};
    }
    void play(Script script) { asio::co_spawn(loop, script(connect_peer()), asio::detached); }
    /// What `work` returned, as JSON or as the text of its error.
    std::string run(awaitable<json::value> work) {
        auto result = asio::co_spawn(loop, std::move(work), asio::use_future);
        loop.run();
        try {
            return json::print(result.get());
        } catch (const Error& failure) {
            code = failure.code;
            return failure.what();
        }
    }
    awaitable<json::value> ask(std::string command, std::chrono::milliseconds deadline = 10s) {
        auto told = listener();
        auto monitor = co_await Monitor::greet(std::move(ours), std::move(told), deadline);
        co_return co_await monitor->execute(std::move(command), deadline);
    }

    asio::io_context loop;
    Socket ours{loop};
    Names events, ends;
    ErrorCode code = ErrorCode::Ok;
};

TEST_F(MonitorTest, ReturnsTheAnswer) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto command = co_await peer->hear();
        EXPECT_EQ(command.as_object().at("execute"), "query-status");
        EXPECT_FALSE(command.as_object().contains("arguments"));
        co_await peer->answer(std::move(command), R"("return": {"running": true})");
    });
    EXPECT_EQ(run(ask("query-status")), R"({"running":true})");
    EXPECT_TRUE(ends.empty());
}

TEST_F(MonitorTest, SaysWhyQemuRefused) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto command = co_await peer->hear();
        co_await peer->answer(std::move(command),
                              R"("error": {"class": "GenericError", "desc": "no such device"})");
    });
    EXPECT_EQ(run(ask("device_del")), "QEMU did not run 'device_del': no such device");
    EXPECT_EQ(code, ErrorCode::OperationFailed);
}

TEST_F(MonitorTest, PassesOnWholeCommandsAndWholeAnswers) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto command = co_await peer->hear();
        EXPECT_EQ(command.as_object().at("exec-oob"), "x");
        co_await peer->answer(std::move(command), R"("error": {"class": "GenericError", "desc": "no"})");
    });
    auto pass = [this]() -> awaitable<json::value> {
        auto told = listener();
        auto monitor = co_await Monitor::greet(std::move(ours), std::move(told), 10s);
        json::object message{{"exec-oob", "x"}, {"id", "the caller's"}};
        std::vector<Fd> none;
        auto answer = co_await monitor->pass_on(std::move(message), std::move(none), 10s);
        answer.erase("id");
        co_return answer;
    };
    EXPECT_EQ(run(pass()), R"({"error":{"class":"GenericError","desc":"no"}})");
}

TEST_F(MonitorTest, LendsADescriptorWithItsCommand) {
    int received = -1;
    auto take = [&received](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        co_await peer->socket.async_wait(Socket::wait_read, asio::use_awaitable);
        char bytes[512];
        std::vector<char> space(CMSG_SPACE(sizeof(int))); // aligned, which an array in a frame is not
        iovec data{bytes, sizeof bytes};
        msghdr message{};
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = space.data();
        message.msg_controllen = space.size();
        auto count = ::recvmsg(peer->socket.native_handle(), &message, MSG_CMSG_CLOEXEC);
        auto* control = CMSG_FIRSTHDR(&message);
        if (count <= 0 || control == nullptr) co_return;
        std::memcpy(&received, CMSG_DATA(control), sizeof received);
        auto command = json::parse(std::string_view{bytes, static_cast<std::size_t>(count - 1)}).value();
        EXPECT_EQ(command.as_object().at("execute"), "getfd");
        co_await peer->answer(std::move(command), R"("return": {})");
    };
    asio::co_spawn(loop, take(connect_peer()), asio::detached);
    auto lend = [this]() -> awaitable<json::value> {
        auto told = listener();
        auto monitor = co_await Monitor::greet(std::move(ours), std::move(told), 10s);
        Fd file{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
        co_await monitor->lend("null", std::move(file), 10s);
        co_return json::value("done");
    };
    EXPECT_EQ(run(lend()), R"("done")");
    Fd got{received};
    EXPECT_TRUE(got);
}

TEST_F(MonitorTest, TellsEventsInTheirOrder) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto command = co_await peer->hear();
        co_await peer->say(
            "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 1, \"microseconds\": 2}}\r\n{\"eve");
        co_await peer->say("nt\": \"RESUME\"}\r\n");
        co_await peer->answer(std::move(command), R"("return": {})");
    });
    EXPECT_EQ(run(ask("cont")), "{}");
    EXPECT_EQ(events, (Names{"STOP", "RESUME"}));
}

awaitable<json::value> ask_twice(Socket socket) {
    using namespace asio::experimental::awaitable_operators;
    MonitorListener nobody;
    auto monitor = co_await Monitor::greet(std::move(socket), std::move(nobody), 10s);
    auto [first, second] = co_await (monitor->execute("first", 10s) && monitor->execute("second", 10s));
    json::array both{std::move(first), std::move(second)};
    co_return both;
}

TEST_F(MonitorTest, MatchesAnswersByIdNotByOrder) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto first = co_await peer->hear();
        auto second = co_await peer->hear();
        co_await peer->answer(std::move(second), R"("return": 2)");
        co_await peer->answer(std::move(first), R"("return": 1)");
    });
    EXPECT_EQ(run(ask_twice(std::move(ours))), "[1,2]");
}

TEST_F(MonitorTest, IgnoresAnswersThatNobodyWaitsFor) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto command = co_await peer->hear();
        co_await peer->say(
            "{\"return\": 1, \"id\": 4711}\n{\"return\": 2}\n{\"error\": {}, \"id\": \"text\"}\n");
        co_await peer->answer(std::move(command), R"("return": 3)");
    });
    EXPECT_EQ(run(ask("query-name")),
              "QEMU did not run 'query-name': it could not read a command on its monitor");
    EXPECT_EQ(ends.size(), 1U);
}

awaitable<json::value> ask_again_after_timeout(Socket socket) {
    MonitorListener nobody;
    auto monitor = co_await Monitor::greet(std::move(socket), std::move(nobody), 10s);
    std::string failure;
    try {
        co_await monitor->execute("slow", 1ms);
    } catch (const Error& late) {
        EXPECT_EQ(late.code, ErrorCode::OperationTimeout);
        failure = late.what();
    }
    auto answer = co_await monitor->execute("next", 10s);
    json::array both{json::value(failure), std::move(answer)};
    co_return both;
}

TEST_F(MonitorTest, DropsTheAnswerThatCameTooLate) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto slow = co_await peer->hear();
        auto next = co_await peer->hear();
        co_await peer->answer(std::move(slow), R"("return": "late")");
        co_await peer->answer(std::move(next), R"("return": "in time")");
    });
    EXPECT_EQ(run(ask_again_after_timeout(std::move(ours))),
              R"(["QEMU did not answer 'slow' within 1 ms","in time"])");
}

TEST_F(MonitorTest, EndsTheWaitOfAllWhenQemuGoes) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        co_await peer->hear();
        co_await peer->say(R"({"retu)");
        peer->socket.close();
    });
    EXPECT_EQ(run(ask("quit")), "QEMU did not run 'quit': it closed its monitor");
    EXPECT_EQ(ends, (Names{"it closed its monitor"}));
}

TEST_F(MonitorTest, GivesUpOnASilentPeer) {
    auto peer = connect_peer();
    EXPECT_EQ(run(ask("query-status", 1ms)), "QEMU did not greet on its monitor within 1 ms");
    EXPECT_EQ(code, ErrorCode::OperationTimeout);
}

/// What a peer may say in place of an answer, and which end that makes.
struct Lie {
    std::string name, text, reason;
};
class MonitorLies : public MonitorTest, public testing::WithParamInterface<Lie> {};

awaitable<void> lie(std::shared_ptr<Peer> peer, std::string text) {
    co_await peer->welcome();
    co_await peer->hear();
    co_await peer->say(std::move(text));
    for (bool open = true; open;) { // GCC 12 miscompiles a loop whose condition awaits
        auto command = co_await peer->hear();
        open = !command.is_null();
    }
}

TEST_P(MonitorLies, BreakTheConnection) {
    asio::co_spawn(loop, lie(connect_peer(), GetParam().text), asio::detached);
    auto answer = run(ask("query-status"));
    EXPECT_NE(answer.find(GetParam().reason), answer.npos) << answer;
    EXPECT_EQ(ends.size(), 1U);
}
INSTANTIATE_TEST_SUITE_P(
    Peers, MonitorLies,
    testing::Values(Lie{"Garbage", "\x01\xff no json\n", "not JSON"},
                    Lie{"NotAnObject", "[1,2]\n", "not an object"},
                    Lie{"NeitherAnswerNorEvent", "{\"hello\": 1}\n", "neither answer nor event"},
                    Lie{"SecondGreeting", greeting, "neither answer nor event"},
                    Lie{"NamelessEvent", "{\"event\": 5}\n", "event without a name"},
                    Lie{"Deep", std::string(1000, '[') + "\n", "not JSON"},
                    Lie{"Huge", std::string(Monitor::line_limit + 1, 'x'), "line of more than"}),
    [](const auto& lie) { return lie.param.name; });

TEST_F(MonitorTest, SurvivesAFloodOfEvents) {
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto command = co_await peer->hear();
        std::string flood;
        for (int count = 0; count < 1000; ++count)
            flood += "{\"event\": \"RTC_CHANGE\", \"data\": {\"offset\": 1}}\n";
        for (int round = 0; round < 20; ++round) co_await peer->say(flood);
        co_await peer->answer(std::move(command), R"("return": {})");
    });
    EXPECT_EQ(run(ask("query-status")), "{}");
    EXPECT_EQ(events.size(), 20'000U);
}

awaitable<json::value> send_without_end(Socket socket) {
    auto executor = co_await asio::this_coro::executor;
    MonitorListener nobody;
    auto monitor = co_await Monitor::greet(std::move(socket), std::move(nobody), 10s);
    int refused = 0;
    auto count_refusals = [&refused](std::exception_ptr failure, json::value) { refused += failure ? 1 : 0; };
    for (int count = 0; count < 100; ++count) {
        json::object arguments{{"text", std::string(100'000, 'x')}};
        asio::co_spawn(executor, monitor->execute("repeat", std::move(arguments), 10s), count_refusals);
    }
    asio::steady_timer turn{executor, asio::steady_timer::time_point::min()};
    co_await turn.async_wait(asio::use_awaitable); // all have sent
    EXPECT_GT(refused, 80);
    monitor->close();
    co_await turn.async_wait(asio::use_awaitable); // all have failed
    co_return json::value(refused);
}

TEST_F(MonitorTest, SendsTheRestOfACommandThatDoesNotFitTheSocket) {
    static constexpr std::size_t much = 900'000; // more than a socket takes at once
    play([](std::shared_ptr<Peer> peer) -> awaitable<void> {
        co_await peer->welcome();
        auto command = co_await peer->hear();
        EXPECT_EQ(command.as_object().at("execute").as_string().size(), much);
        co_await peer->answer(std::move(command), R"("return": {})");
    });
    EXPECT_EQ(run(ask(std::string(much, 'x'))), "{}");
}

TEST_F(MonitorTest, KeepsLittleForAPeerThatDoesNotRead) {
    auto peer = connect_peer();
    asio::co_spawn(loop, peer->welcome(), asio::detached);
    EXPECT_EQ(run(send_without_end(std::move(ours))), "100");
}

TEST_F(MonitorTest, NamesTheSocketThatNobodyServes) {
    auto connect = []() -> awaitable<json::value> {
        MonitorListener nobody;
        co_await Monitor::connect("/nonexistent/monitor.sock", std::move(nobody), 1s);
        co_return json::value{};
    };
    auto answer = run(connect());
    EXPECT_NE(answer.find("/nonexistent/monitor.sock"), answer.npos) << answer;
    EXPECT_EQ(code, ErrorCode::OperationFailed);
}

} // namespace vireo::qemu
