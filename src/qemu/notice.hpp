// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <list>

namespace vireo::qemu {

/// Something that happens once and that several may wait for. On the loop's thread; it outlives its waiters.
class Notice {
public:
    Notice() = default;
    Notice(const Notice&) = delete;
    Notice& operator=(const Notice&) = delete;

    bool given() const { return given_; }
    void give() {
        given_ = true;
        for (auto* alarm : waiting_) alarm->cancel();
    }
    /// Makes it wait for the next time.
    void take_back() { given_ = false; }

    /// Returns whether it was given before `patience` ended.
    awaitable<bool> wait(std::chrono::milliseconds patience) {
        if (given_) co_return true;
        asio::steady_timer alarm{co_await asio::this_coro::executor, patience};
        struct Place {
            std::list<asio::steady_timer*>& list;
            std::list<asio::steady_timer*>::iterator at;
            ~Place() { list.erase(at); }
        } place{waiting_, waiting_.insert(waiting_.end(), &alarm)};
        boost::system::error_code woken;
        co_await alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        co_return given_;
    }

private:
    bool given_ = false;
    std::list<asio::steady_timer*> waiting_;
};

} // namespace vireo::qemu
