// SPDX-License-Identifier: Apache-2.0
#include "cli/watch.hpp"

#include "async/task_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <ctime>

namespace vireo::cli {

namespace {
/// "2026-11-20 16:07:32.003+0000"
std::string now_text() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    tm utc{};
    ::gmtime_r(&now.tv_sec, &utc);
    char text[32];
    auto length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &utc);
    return fmt::format("{}.{:03}+0000", std::string_view{text, length}, now.tv_nsec / 1'000'000);
}
} // namespace

Watch::Watch(Shell& shell, asio::any_io_executor executor, const Arguments& arguments)
    : shell_{shell}, ended_{std::move(executor), asio::steady_timer::time_point::max()},
      timeout_{arguments.number("timeout", 1)}, loop_{arguments.has("loop")},
      timestamp_{arguments.has("timestamp")} {}

void Watch::stop() {
    stopped_ = true;
    ended_.cancel();
}

void Watch::take(const std::string& line, Record record) {
    if (stopped_) return;
    auto now = timestamp_ ? now_text() : std::string{};
    if (timestamp_) record.add("timestamp", now, "");
    if (shell_.as_json())
        shell_.show(record);
    else
        shell_.print("{}{}{}\n", now, timestamp_ ? ": " : "", line);
    shell_.flush();
    ++seen_;
    if (!loop_) stop();
}

awaitable<void> Watch::watch_interrupt() {
    asio::signal_set signals{co_await asio::this_coro::executor, SIGINT, SIGTERM};
    co_await signals.async_wait(asio::use_awaitable);
    interrupted_ = true;
    stop();
}

awaitable<void> Watch::watch_connection(std::shared_ptr<client::Connection> daemon) {
    co_await daemon->wait_closed();
    stop();
}

awaitable<void> Watch::run(std::shared_ptr<client::Connection> daemon) {
    auto self = shared_from_this();
    if (timeout_) ended_.expires_after(std::chrono::seconds{*timeout_});
    async::TaskGroup enders{ended_.get_executor()};
    enders.spawn(watch_interrupt());
    enders.spawn(watch_connection(std::move(daemon)));
    if (!stopped_) co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await enders.stop();
    if (!shell_.as_json()) {
        if (interrupted_)
            shell_.print("event loop interrupted\n");
        else if (!stopped_)
            shell_.print("event loop timed out\n");
        shell_.print("events received: {}\n", seen_);
    }
    stopped_ = true; // what still comes is not shown
    if (seen_ == 0) shell_.mark_failed();
}

} // namespace vireo::cli
