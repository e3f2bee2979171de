// SPDX-License-Identifier: Apache-2.0
#include "cli/long_job.hpp"

#include "protocol/migration.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <cstdio>

namespace vireo::cli {

namespace {
constexpr std::chrono::milliseconds look_interval{500};

/// Shared with the call and the signal, which may outlast the wait.
struct Progress {
    explicit Progress(const asio::any_io_executor& executor)
        : alarm{executor}, interrupts{executor, SIGINT} {}
    asio::steady_timer alarm;
    asio::signal_set interrupts;
    std::exception_ptr failure;
    bool over = false, interrupted = false;
};

void show(const std::string& label, unsigned percent) {
    std::fflush(stdout);
    fmt::print(stderr, "\r{}: [{:3} %]", label, percent);
}

awaitable<void> look(client::Domain domain, std::string label) {
    auto job = co_await domain.call(protocol::domain_get_job_info);
    if (job.data_total > 0)
        show(label, static_cast<unsigned>(100 * (job.data_total - job.data_remaining) / job.data_total));
}

/// Beside what it looks at: the job may have ended before it is asked about.
awaitable<void> without_error(awaitable<void> work) {
    try {
        co_await std::move(work);
    } catch (const Error&) { co_return; }
}
} // namespace

awaitable<void> long_job(client::Domain domain, std::string label, awaitable<protocol::Nothing> work) {
    auto executor = co_await asio::this_coro::executor;
    auto progress = std::make_shared<Progress>(executor);
    auto end = [progress](const std::exception_ptr& failure, protocol::Nothing) {
        progress->failure = failure;
        progress->over = true;
        progress->interrupts.cancel();
        progress->alarm.cancel();
    };
    asio::co_spawn(executor, std::move(work), end);
    progress->interrupts.async_wait([progress](boost::system::error_code failure, int) {
        if (failure) return;
        progress->interrupted = true;
        progress->alarm.cancel();
    });
    while (!progress->over) {
        progress->alarm.expires_after(look_interval);
        boost::system::error_code woken;
        co_await progress->alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        if (progress->over) break;
        if (std::exchange(progress->interrupted, false)) {
            auto abort = domain.call(protocol::domain_abort_job);
            co_await std::move(abort);
        } else if (!label.empty()) {
            co_await without_error(look(domain, label));
        }
    }
    if (progress->failure) std::rethrow_exception(progress->failure);
    if (!label.empty()) show(label, 100);
}

} // namespace vireo::cli
