// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <string_view>

namespace vireo::async {

/// Runs the loop to its end. Unless built for release, each turn that used more than 10 ms of the thread's
/// CPU time is reported with what it did last. (The wall clock would also count what other processes took.)
void run_watched(asio::io_context& loop);

/// Names what the current turn does, for the watchdog. `what` must have static storage.
void name_turn(std::string_view what) noexcept;

} // namespace vireo::async
