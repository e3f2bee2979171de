// SPDX-License-Identifier: Apache-2.0
#include "daemon/idle_alarm.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace vireo::daemon {

IdleAlarm::IdleAlarm(asio::any_io_executor executor, Patience patience)
    : patience_{patience}, timer_{std::move(executor)} {
    arm();
}

void IdleAlarm::arm() {
    if (busy_ || !patience_)
        timer_.expires_at(asio::steady_timer::time_point::max());
    else
        timer_.expires_after(*patience_);
}

void IdleAlarm::set_patience(Patience patience) {
    patience_ = patience;
    arm();
}

void IdleAlarm::set_busy(bool busy) {
    if (std::exchange(busy_, busy) != busy) arm();
}

awaitable<void> IdleAlarm::wait() {
    while (true) {
        boost::system::error_code changed;
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, changed));
        if (!changed && !busy_) co_return;
        auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            throw boost::system::system_error(asio::error::operation_aborted);
    }
}

} // namespace vireo::daemon
