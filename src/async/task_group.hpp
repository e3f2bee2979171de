// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace vireo::async {

/// The coroutines of one owner (a session, a domain, the daemon). The owner awaits `stop()` before it goes.
class TaskGroup {
public:
    explicit TaskGroup(asio::any_io_executor executor);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    /// Starts a task of this group. An exception that leaves it is logged as a bug, unless it was cancelled.
    void spawn(awaitable<void> task);
    /// Cancels all tasks and waits until they have ended.
    awaitable<void> stop();
    /// Waits until all tasks have ended by themselves.
    awaitable<void> join();
    std::size_t size() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace vireo::async
