// SPDX-License-Identifier: Apache-2.0
#include "async/task_group.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace vireo::async {

awaitable<void> sleep_for_ever(bool& ended) {
    struct Guard {
        bool& ended;
        ~Guard() { ended = true; }
    } guard{ended};
    asio::steady_timer alarm{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
    co_await alarm.async_wait(asio::use_awaitable);
}

awaitable<void> start_and_stop(TaskGroup& group, bool& first, bool& second) {
    group.spawn(sleep_for_ever(first));
    group.spawn(sleep_for_ever(second));
    co_await group.stop();
}

TEST(TaskGroup, StopAwaitsAll) {
    asio::io_context loop;
    TaskGroup group{loop.get_executor()};
    bool first = false, second = false;
    auto result = asio::co_spawn(loop, start_and_stop(group, first, second), asio::use_future);
    loop.run();
    result.get();
    EXPECT_TRUE(first && second);
    EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, JoinOfNoneReturns) {
    asio::io_context loop;
    TaskGroup group{loop.get_executor()};
    auto result = asio::co_spawn(loop, group.join(), asio::use_future);
    loop.run();
    EXPECT_NO_THROW(result.get());
}

} // namespace vireo::async
