// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.hpp"

#include "base/error.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <memory>

namespace vireo::cli {

namespace {
/// Shared with the handler of signals, which may be called when the work is over.
struct Interruption {
    asio::cancellation_signal signal;
    bool came = false, over = false;
};
} // namespace

awaitable<void> interruptible(awaitable<void> work, std::function<void()> on_interrupt) {
    auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals{executor, SIGINT, SIGTERM, SIGHUP};
    auto state = std::make_shared<Interruption>();
    signals.async_wait([state, on_interrupt = std::move(on_interrupt)](boost::system::error_code ended, int) {
        if (ended || state->over) return;
        state->came = true;
        on_interrupt();
        state->signal.emit(asio::cancellation_type::terminal);
    });
    std::exception_ptr failure;
    try {
        co_await asio::co_spawn(executor, std::move(work),
                                asio::bind_cancellation_slot(state->signal.slot(), asio::use_awaitable));
    } catch (...) { failure = std::current_exception(); }
    state->over = true;
    if (state->came) throw Error(ErrorCode::OperationAborted, ErrorDomain::None, "interrupted");
    if (failure) std::rethrow_exception(failure);
}

} // namespace vireo::cli
