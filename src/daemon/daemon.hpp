// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/dispatch_table.hpp"
#include "daemon/options.hpp"
#include "hypervisor/directories.hpp"
#include "rpc/server.hpp"

#include <functional>

namespace vireo::daemon {

/// Serves until SIGTERM or SIGINT; guests run on. `ready` is called when clients are answered. Throws Error
/// or system_error when it cannot begin.
void serve(const Options& options, const std::function<void()>& ready);

} // namespace vireo::daemon
