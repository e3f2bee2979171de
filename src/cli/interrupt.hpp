// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <functional>

namespace vireo::cli {

/// Awaits `work`. At ^C, SIGTERM or SIGHUP it is cancelled, `on_interrupt` is called for what blocks, and,
/// once it has ended, an Error (OperationAborted) is thrown.
awaitable<void> interruptible(awaitable<void> work, std::function<void()> on_interrupt);

} // namespace vireo::cli
