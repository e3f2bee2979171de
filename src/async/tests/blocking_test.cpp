// SPDX-License-Identifier: Apache-2.0
#include "async/blocking.hpp"

#include "async/pool.hpp"

#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <thread>
#include <vector>

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

/// Returns when as many are there: each on a thread of its own.
awaitable<void> meet(std::latch& all) {
    auto work = [&all] { all.arrive_and_wait(); };
    co_await blocking(work);
}

TEST(Pool, HasAsManyThreadsAsItMay) {
    constexpr std::size_t many = 9;
    size_pool(2, many);
    EXPECT_GE(pool_use().threads, 2U);
    asio::io_context loop;
    std::latch all{many};
    std::vector<std::future<void>> results;
    for (std::size_t i = 0; i < many; ++i)
        results.push_back(asio::co_spawn(loop, meet(all), asio::use_future));
    loop.run();
    for (auto& result : results) result.get();
    EXPECT_EQ(pool_use().threads, many);
    size_pool(1, 1);
    while (pool_use().threads > 1) std::this_thread::yield();
    auto last = asio::co_spawn(loop, runs_elsewhere(), asio::use_future);
    loop.restart();
    loop.run();
    EXPECT_TRUE(last.get());
    size_pool(0, 4);
}

} // namespace vireo::async
