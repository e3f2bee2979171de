// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vireo::daemon {

/// Tells whoever started us (systemd, or a test) how we are: "READY=1", "STOPPING=1". Does nothing where
/// nobody wants to know. The protocol of sd_notify(3): one datagram to the socket that NOTIFY_SOCKET names.
/// (libsystemd would do it, and brings 1 MB of memory with the six libraries that it needs.)
void notify_service_manager(std::string_view state);
/// "RELOADING=1" with the time, which systemd compares; "READY=1" follows when it is done.
void notify_reloading();

} // namespace vireo::daemon
