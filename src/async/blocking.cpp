// SPDX-License-Identifier: Apache-2.0
#include "async/blocking.hpp"

#include "async/pool.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <atomic>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace vireo::async {

namespace {
/// Threads that run what is posted to one queue. They come when there is more to do than there are threads,
/// and go when fewer are allowed. Each is joined: only then is what libraries keep for it freed, too.
class Pool {
public:
    Pool() = default;
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    /// What was not begun is dropped, what was is awaited.
    ~Pool() {
        queue_.stop();
        Threads left;
        {
            std::lock_guard guard{lock_};
            left.swap(serving_);
            left.splice(left.end(), gone_);
        }
        join(left);
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
        for (auto have = count_.load(); have > most; --have) asio::post(queue_, [] {}); // wakes who is to go
    }
    PoolUse use() const {
        auto threads = count_.load();
        return {threads, std::min<std::size_t>(unfinished_, threads)};
    }

private:
    using Threads = std::list<std::thread>;
    static void join(Threads& threads) {
        for (auto& thread : threads) thread.join();
    }
    void grow_to(std::size_t wanted) {
        if (count_ >= std::min(wanted, most_.load())) return;
        Threads gone;
        std::lock_guard guard{lock_};
        gone.swap(gone_);
        join(gone); // they do nothing any more
        while (count_ < std::min(wanted, most_.load())) {
            try {
                serving_.emplace_back([this] { serve(); });
            } catch (...) { // the host has no more: those that there are do it all
                if (count_ == 0) throw;
                return;
            }
            ++count_;
        }
    }
    void serve() {
        do
            if (leaves()) return;
        while (queue_.run_one() != 0); // until the queue is stopped
    }
    /// Whether this thread is one too many; then it is counted no more.
    bool leaves() {
        if (count_ <= most_) return false;
        std::lock_guard guard{lock_};
        if (count_ <= most_) return false;
        auto self = std::ranges::find(serving_, std::this_thread::get_id(), &std::thread::get_id);
        if (self != serving_.end()) gone_.splice(gone_.end(), serving_, self);
        --count_;
        return true;
    }

    asio::io_context queue_;
    asio::executor_work_guard<asio::io_context::executor_type> stays_{queue_.get_executor()};
    std::atomic<std::size_t> count_{0}, most_{4};
    std::atomic<std::size_t> unfinished_{0}; ///< works that were given to it
    std::mutex lock_;                        ///< of the lists; whoever leaves has let go of it before it ends
    Threads serving_, gone_;
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
