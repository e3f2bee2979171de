// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <cstdint>
#include <functional>

namespace vireo::launch {

/// Waits until an SSH server says hello on this port of 127.0.0.1 ("SSH-", RFC 4253, section 4.2). A
/// forwarded port accepts connections long before the guest does, and a guest's first packets may be lost:
/// several attempts run at a time. `check` is awaited between them; what it throws ends the wait, as
/// cancellation does.
awaitable<void> await_greeting(std::uint16_t port, std::function<awaitable<void>()> check);

} // namespace vireo::launch
