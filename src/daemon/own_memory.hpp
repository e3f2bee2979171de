// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace vireo::daemon {

/// The pool's threads live of what the loop allocates, and give it back: heaps of their own would only hold
/// what nobody uses. Before the first thread.
void share_one_heap();

/// Gives the kernel what the process does not use now: free pages of the heap (malloc_trim(3)), and its hold
/// on pages of programs and libraries, which stay in the page cache and come back when they are needed
/// (MADV_DONTNEED, madvise(2)). Takes a fraction of a millisecond.
void return_memory();

/// Returns memory once after each busy time: when nothing was told for a while. Main thread only.
class MemoryReturn {
public:
    explicit MemoryReturn(const asio::any_io_executor& executor) : quiet_{executor} {}
    /// Something happened; the time counts from here.
    void was_busy();
    void stop() { quiet_.cancel(); }

private:
    static constexpr std::chrono::milliseconds patience_{500};
    asio::steady_timer quiet_;
};

} // namespace vireo::daemon
