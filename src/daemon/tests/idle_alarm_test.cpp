// SPDX-License-Identifier: Apache-2.0
#include "daemon/idle_alarm.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace vireo::daemon {
namespace {

using namespace std::chrono_literals;

struct Waiting {
    asio::io_context loop;
    bool rang = false;
    void spawn(IdleAlarm& alarm) {
        asio::co_spawn(loop, alarm.wait(), [this](const std::exception_ptr& failure) {
            EXPECT_FALSE(failure);
            rang = true;
        });
    }
};

TEST(IdleAlarm, RingsWhenNothingComes) {
    Waiting waiting;
    IdleAlarm alarm{waiting.loop.get_executor(), 1ms};
    waiting.spawn(alarm);
    waiting.loop.run();
    EXPECT_TRUE(waiting.rang);
}

TEST(IdleAlarm, WaitsAsLongAsSomethingIsToDo) {
    Waiting waiting;
    IdleAlarm alarm{waiting.loop.get_executor(), 0ms};
    alarm.set_busy(true);
    waiting.spawn(alarm);
    waiting.loop.poll();
    EXPECT_FALSE(waiting.rang);
    alarm.set_busy(false);
    alarm.set_busy(true); // before the loop came to look
    waiting.loop.poll();
    EXPECT_FALSE(waiting.rang);
    alarm.set_busy(false);
    waiting.loop.run();
    EXPECT_TRUE(waiting.rang);
}

TEST(IdleAlarm, CountsFromTheLastEnd) {
    Waiting waiting;
    IdleAlarm alarm{waiting.loop.get_executor(), 1h};
    waiting.spawn(alarm);
    alarm.set_busy(true);
    alarm.set_busy(false);
    waiting.loop.poll();
    EXPECT_FALSE(waiting.rang);
}

TEST(IdleAlarm, CanChangeItsMind) {
    Waiting waiting;
    IdleAlarm alarm{waiting.loop.get_executor(), std::nullopt};
    waiting.spawn(alarm);
    waiting.loop.poll();
    alarm.set_patience(0ms);
    alarm.set_patience(std::nullopt); // before the loop came to look
    waiting.loop.poll();
    EXPECT_FALSE(waiting.rang);
    alarm.set_patience(1ms);
    waiting.loop.run();
    EXPECT_TRUE(waiting.rang);
}

} // namespace
} // namespace vireo::daemon
