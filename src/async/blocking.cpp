// SPDX-License-Identifier: Apache-2.0
#include "async/blocking.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace vireo::async {

namespace {
constexpr std::size_t pool_threads = 4;
std::atomic<std::size_t> unfinished{0}; // works that were given to the pool

struct Unfinished {
    Unfinished() { ++unfinished; }
    Unfinished(Unfinished&& other) noexcept : counts_{std::exchange(other.counts_, false)} {}
    Unfinished& operator=(Unfinished&&) = delete;
    ~Unfinished() { unfinished -= counts_ ? 1 : 0; }

private:
    bool counts_ = true;
};
} // namespace

void run_in_pool(std::move_only_function<void()> work) {
    static asio::thread_pool pool{pool_threads};
    asio::post(pool, [work = std::move(work), counted = Unfinished{}]() mutable { work(); });
}

PoolUse pool_use() noexcept { return {pool_threads, std::min<std::size_t>(unfinished, pool_threads)}; }

} // namespace vireo::async
