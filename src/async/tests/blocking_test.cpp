// SPDX-License-Identifier: Apache-2.0
#include "async/blocking.hpp"

#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace vireo::async {

awaitable<bool> runs_elsewhere() {
    auto loop = std::this_thread::get_id();
    auto where = [] { return std::this_thread::get_id(); };
    auto pool = co_await blocking(where);
    co_return pool != loop&& std::this_thread::get_id() == loop;
}

awaitable<void> fails() {
    auto work = [] { throw std::runtime_error("disk full"); };
    co_await blocking(work);
}

TEST(Blocking, RunsInThePoolAndComesBack) {
    asio::io_context loop;
    auto result = asio::co_spawn(loop, runs_elsewhere(), asio::use_future);
    loop.run();
    EXPECT_TRUE(result.get());
}

TEST(Blocking, CarriesExceptions) {
    asio::io_context loop;
    auto result = asio::co_spawn(loop, fails(), asio::use_future);
    loop.run();
    EXPECT_THROW(result.get(), std::runtime_error);
}

awaitable<PoolUse> use_meanwhile() {
    auto look = [] { return pool_use(); };
    co_return co_await blocking(look);
}

TEST(Blocking, CountsWhatThePoolDoes) {
    asio::io_context loop;
    auto result = asio::co_spawn(loop, use_meanwhile(), asio::use_future);
    loop.run();
    auto use = result.get();
    EXPECT_GE(use.busy, 1U);
    EXPECT_LE(use.busy, use.threads);
}

} // namespace vireo::async
