// SPDX-License-Identifier: Apache-2.0
#include "async/blocking.hpp"

#include "async/pool.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace vireo::async {

namespace {
/// Threads that run what is posted to one queue. They come when there is more to do than there are threads,
/// and go when fewer are allowed.
class Pool {
public:
    Pool() = default;
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    /// What was not begun is dropped, what was is awaited.
    ~Pool() {
        queue_.stop();
        for (auto left = threads_.load(); left != 0; left = threads_.load()) threads_.wait(left);
    }

    void run(std::move_only_function<void()> work) {
        grow_to(unfinished_ + 1);
        ++unfinished_;
        asio::post(queue_, [this, work = std::move(work)]() mutable {
            work();
            --unfinished_;
        });
    }
    void resize(std::size_t least, std::size_t most) {
        most_ = most;
        grow_to(least);
        for (auto have = threads_.load(); have > most; --have)
            asio::post(queue_, [] {}); // wakes who is to go
    }
    PoolUse use() const {
        auto threads = threads_.load();
        return {threads, std::min<std::size_t>(unfinished_, threads)};
    }

private:
    void grow_to(std::size_t wanted) {
        auto have = threads_.load();
        while (have < std::min(wanted, most_.load())) {
            if (!threads_.compare_exchange_weak(have, have + 1)) continue;
            try {
                std::thread{[this] { serve(); }}.detach();
            } catch (...) { // the host has no more: those that there are do it all
                if (--threads_ == 0) throw;
                return;
            }
            ++have;
        }
    }
    void serve() {
        do
            if (leaves()) return;
        while (queue_.run_one() != 0);
        --threads_; // the queue was stopped
        threads_.notify_all();
    }
    /// Whether this thread is one too many; then it is counted no more.
    bool leaves() {
        auto have = threads_.load();
        while (have > most_)
            if (threads_.compare_exchange_weak(have, have - 1)) {
                threads_.notify_all();
                return true;
            }
        return false;
    }

    asio::io_context queue_;
    asio::executor_work_guard<asio::io_context::executor_type> stays_{queue_.get_executor()};
    std::atomic<std::size_t> threads_{0}, most_{4};
    std::atomic<std::size_t> unfinished_{0}; ///< works that were given to it
};

Pool& pool() {
    static Pool only;
    return only;
}
} // namespace

void run_in_pool(std::move_only_function<void()> work) { pool().run(std::move(work)); }

void size_pool(std::size_t least, std::size_t most) { pool().resize(least, most); }

PoolUse pool_use() noexcept { return pool().use(); }

} // namespace vireo::async
