// SPDX-License-Identifier: Apache-2.0
#include "qemu/agent/agent.hpp"

#include "base/error.hpp"
#include "json/json.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <future>

namespace vireo::qemu {

using namespace std::chrono_literals;
using Protocol = asio::local::stream_protocol;

/// The guest's end: says what the test wants it to.
class AgentTest : public testing::Test {
protected:
    AgentTest() {
        char name[] = "/tmp/vireo-agent-XXXXXX";
        folder = ::mkdtemp(name);
        path = folder / "agent.sock";
        listener = std::make_unique<Protocol::acceptor>(loop, Protocol::endpoint{path.native()});
        agent = std::make_shared<Agent>(loop.get_executor(), path.native());
    }
    ~AgentTest() override {
        agent->close();
        listener.reset();
        peer.reset();
        loop.restart();
        loop.run_for(1s);
        std::filesystem::remove_all(folder);
    }

    /// Answers each line by what `reply` makes of it; an empty text says nothing.
    using Reply = std::function<std::string(const std::string& line)>;
    void serve(Reply reply) { asio::co_spawn(loop, accept(std::move(reply)), asio::detached); }
    awaitable<void> accept(Reply reply) {
        for (;;) {
            auto [failure, socket] = co_await listener->async_accept(asio::as_tuple(asio::use_awaitable));
            if (failure) co_return;
            ++connections;
            peer = std::make_shared<Protocol::socket>(std::move(socket));
            asio::co_spawn(loop, converse(peer, reply), asio::detached);
        }
    }
    static awaitable<void> converse(std::shared_ptr<Protocol::socket> with, Reply reply) {
        std::string heard;
        for (;;) {
            boost::system::error_code ended;
            auto length = co_await asio::async_read_until(*with, asio::dynamic_buffer(heard), '\n',
                                                          asio::redirect_error(asio::use_awaitable, ended));
            if (ended) co_return;
            auto text = reply(heard.substr(0, length));
            heard.erase(0, length);
            co_await asio::async_write(*with, asio::buffer(text),
                                       asio::redirect_error(asio::use_awaitable, ended));
        }
    }
    /// What a good agent says to `guest-sync-delimited`, or nothing to another command.
    static std::string sync(const std::string& line) {
        if (line.find("guest-sync-delimited") == std::string::npos) return {};
        auto id = line.find("\"id\":") + 5;
        return "\xff{\"return\": " + line.substr(id, line.find('}', id) - id) + "}\n";
    }
    /// The same, and `answer` to everything else.
    static Reply good(std::string answer) {
        return [answer](const std::string& line) {
            auto text = sync(line);
            return text.empty() ? answer + "\n" : text;
        };
    }

    template <class Result> std::future<Result> begin(awaitable<Result> work) {
        return asio::co_spawn(loop, std::move(work), asio::use_future);
    }
    template <class Future> bool finish(Future& result) {
        while (result.wait_for(0s) != std::future_status::ready) {
            loop.restart();
            if (loop.run_one_for(20s) == 0) return false;
        }
        return true;
    }
    template <class Result> ErrorCode code_of(awaitable<Result> work) {
        auto result = begin(std::move(work));
        if (!finish(result)) return ErrorCode::InternalError;
        try {
            result.get();
        } catch (const Error& error) {
            message = error.what();
            return error.code;
        }
        return ErrorCode::Ok;
    }

    asio::io_context loop;
    std::filesystem::path folder, path;
    std::unique_ptr<Protocol::acceptor> listener;
    std::shared_ptr<Protocol::socket> peer;
    std::shared_ptr<Agent> agent;
    int connections = 0;
    std::string message;
};

TEST_F(AgentTest, RunsACommand) {
    serve(good(R"({"return": {"host-name": "guest"}})"));
    auto answer = begin(agent->execute("guest-get-host-name", 5s));
    ASSERT_TRUE(finish(answer));
    EXPECT_EQ(json::print(answer.get()), R"({"host-name":"guest"})");
    EXPECT_EQ(code_of(agent->execute("guest-get-host-name", 5s)), ErrorCode::Ok);
    EXPECT_EQ(connections, 1);
}

TEST_F(AgentTest, TellsWhyTheAgentRefuses) {
    serve(good(R"({"error": {"class": "CommandNotFound", "desc": "no such thing"}})"));
    EXPECT_EQ(code_of(agent->execute("guest-dance", 5s)), ErrorCode::InternalError);
    EXPECT_NE(message.find("no such thing"), std::string::npos) << message;
    EXPECT_EQ(code_of(agent->execute("guest-dance", 5s)), ErrorCode::InternalError);
    EXPECT_EQ(connections, 1); // a refusal is an answer
}

TEST_F(AgentTest, SkipsWhatAnEarlierClientLeft) {
    serve([](const std::string& line) {
        auto text = sync(line);
        if (text.empty()) return std::string{"{\"return\": 7}\n"};
        return "{\"return\": 1}\nhalf a li\xff{\"return\": 2}\n" + text;
    });
    auto answer = begin(agent->execute("guest-get-time", 5s));
    ASSERT_TRUE(finish(answer));
    EXPECT_EQ(answer.get(), 7);
}

TEST_F(AgentTest, ASilentAgentCostsItsCallerTheDeadline) {
    serve([](const std::string&) { return std::string{}; });
    EXPECT_EQ(code_of(agent->execute("guest-ping", 50ms)), ErrorCode::AgentUnresponsive);
    EXPECT_NE(message.find("in time"), std::string::npos) << message;
}

TEST_F(AgentTest, AnAnswerThatCameTooLateIsNotTheNextOnes) {
    int commands = 0;
    serve([&](const std::string& line) {
        auto text = sync(line);
        if (!text.empty()) return commands == 1 ? "{\"return\": \"late\"}\n" + text : text;
        return ++commands == 1 ? std::string{} : std::string{"{\"return\": \"next\"}\n"};
    });
    EXPECT_EQ(code_of(agent->execute("guest-slow", 50ms)), ErrorCode::AgentUnresponsive);
    auto answer = begin(agent->execute("guest-quick", 5s));
    ASSERT_TRUE(finish(answer));
    EXPECT_EQ(answer.get(), "next");
}

TEST_F(AgentTest, CommandsRunOneAtATime) {
    int commands = 0;
    serve([&](const std::string& line) {
        auto text = sync(line);
        return text.empty() ? fmt::format("{{\"return\": {}}}\n", ++commands) : text;
    });
    auto first = begin(agent->execute("guest-one", 5s)), second = begin(agent->execute("guest-two", 5s));
    ASSERT_TRUE(finish(first) && finish(second));
    EXPECT_EQ(first.get(), 1);
    EXPECT_EQ(second.get(), 2);
}

TEST_F(AgentTest, AHostileAgentIsBounded) {
    const std::string much(1U << 20, 'x');
    int pieces = 0;
    serve([&](const std::string& line) { // one answer without end
        auto text = sync(line);
        if (!text.empty()) return text;
        std::string answer;
        for (; pieces < 6; ++pieces) answer += much;
        return answer;
    });
    EXPECT_EQ(code_of(agent->execute("guest-flood", std::nullopt)), ErrorCode::AgentUnresponsive);
    EXPECT_NE(message.find("bytes"), std::string::npos) << message;
}

TEST_F(AgentTest, NoiseInsteadOfAnAnswerIsBounded) {
    serve([](const std::string&) { return std::string(6U << 20, 'x'); });
    EXPECT_EQ(code_of(agent->execute("guest-ping", std::nullopt)), ErrorCode::AgentUnresponsive);
    EXPECT_NE(message.find("nonsense"), std::string::npos) << message;
}

TEST_F(AgentTest, WhatIsNoAnswerIsNone) {
    std::string said;
    serve([&said](const std::string& line) {
        auto text = sync(line);
        return text.empty() ? said + "\n" : text;
    });
    for (const auto* answer : {"{", "[]", "{}", "7"}) {
        said = answer;
        EXPECT_EQ(code_of(agent->execute("guest-ping", 5s)), ErrorCode::AgentUnresponsive) << answer;
    }
}

TEST_F(AgentTest, NobodyWaitsForAnAnswerThatNobodyWants) {
    std::string heard;
    serve([&](const std::string& line) {
        heard = line;
        return sync(line);
    });
    json::object message{{"execute", "guest-quiet"}};
    auto answer = begin(agent->pass_on(std::move(message), 0ms));
    ASSERT_TRUE(finish(answer));
    EXPECT_TRUE(answer.get().empty());
}

TEST_F(AgentTest, ADepartureIsAnAnswerToWhatAsksForIt) {
    serve([&](const std::string& line) {
        auto text = sync(line);
        if (text.empty()) agent->disconnect(); // as the driver does when QEMU tells of the power-off
        return text;
    });
    EXPECT_EQ(code_of(agent->send_off("guest-shutdown", {}, 5s)), ErrorCode::Ok);
    EXPECT_EQ(code_of(agent->execute("guest-ping", 5s)),
              ErrorCode::AgentUnresponsive); // to others it is none
}

TEST_F(AgentTest, ClosingReleasesWhoWaitsForEver) {
    serve([&](const std::string& line) {
        auto text = sync(line);
        if (text.empty()) agent->close();
        return text;
    });
    EXPECT_EQ(code_of(agent->execute("guest-silence", std::nullopt)), ErrorCode::AgentUnresponsive);
    EXPECT_EQ(code_of(agent->execute("guest-ping", 5s)), ErrorCode::AgentUnresponsive);
    EXPECT_EQ(connections, 1);
}

TEST_F(AgentTest, NobodyListens) {
    listener.reset();
    std::filesystem::remove(path);
    EXPECT_EQ(code_of(agent->execute("guest-ping", 5s)), ErrorCode::AgentUnresponsive);
}

} // namespace vireo::qemu
