// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/activation.hpp"
#include "daemon/options.hpp"

#include <functional>
#include <vector>

namespace vireo::daemon {

/// Serves until SIGTERM or SIGINT, or until nothing was to do for the options' timeout; guests run on. SIGHUP
/// reads the configuration again. `activated`: sockets that were made for us. `ready` is called when clients
/// are answered. Throws Error or system_error when it cannot begin.
void serve(const Options& options, std::vector<ActivatedSocket> activated,
           const std::function<void()>& ready);

} // namespace vireo::daemon
