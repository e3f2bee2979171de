// SPDX-License-Identifier: Apache-2.0
#include "async/task_group.hpp"

#include "base/log.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>

namespace vireo::async {

namespace {
constexpr log::Source log{"async"};

void report(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        if (error.code() != asio::error::operation_aborted) log.error("a task ended by {}", error.what());
    } catch (const std::exception& error) { log.error("a task ended by {}", error.what()); }
}
} // namespace

struct TaskGroup::State {
    explicit State(asio::any_io_executor executor)
        : executor{executor}, ended{executor, asio::steady_timer::time_point::max()} {}
    asio::any_io_executor executor;
    std::list<asio::cancellation_signal> tasks;
    asio::steady_timer ended; // cancelled when the last task ends
};

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_{std::make_shared<State>(std::move(executor))} {}
TaskGroup::~TaskGroup() = default;

void TaskGroup::spawn(awaitable<void> task) {
    auto entry = state_->tasks.emplace(state_->tasks.end());
    auto done = [state = state_, entry](const std::exception_ptr& failure) {
        report(failure);
        state->tasks.erase(entry);
        if (state->tasks.empty()) state->ended.cancel();
    };
    asio::co_spawn(state_->executor, std::move(task),
                   asio::bind_cancellation_slot(entry->slot(), std::move(done)));
}

awaitable<void> TaskGroup::join() {
    auto state = state_;
    while (!state->tasks.empty()) {
        boost::system::error_code cancelled;
        co_await state->ended.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
}

awaitable<void> TaskGroup::stop() {
    for (auto task = state_->tasks.begin(); task != state_->tasks.end();) {
        auto next = std::next(task); // the signal may end its task at once
        task->emit(asio::cancellation_type::terminal);
        task = next;
    }
    co_await join();
}

std::size_t TaskGroup::size() const { return state_->tasks.size(); }

} // namespace vireo::async
