// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "qemu/capabilities/capabilities.hpp"
#include "qemu/monitor/monitor.hpp"

#include <chrono>
#include <string>

namespace vireo::qemu {

/// Starts the binary without a machine, asks it what it can do, and ends it. Throws OperationFailed with what
/// it wrote to its standard error, OperationTimeout when it takes longer than `deadline` for one answer.
awaitable<Capabilities> probe_capabilities(std::string emulator, std::chrono::milliseconds deadline);

/// The questions alone, put to a QEMU that has no machine.
awaitable<Capabilities> ask_capabilities(Monitor& monitor, std::string emulator,
                                         std::chrono::milliseconds deadline);

} // namespace vireo::qemu
