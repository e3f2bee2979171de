// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

// What launching has to know of this host's network.

namespace vireo::launch {

/// A TCP port of 127.0.0.1 that nobody has at this moment. Throws Error.
std::uint16_t find_free_port();
/// Throws Error when this port of 127.0.0.1 is another program's, or one of those that need rights which we
/// have not; the latter only if who will listen there has our rights.
void require_usable_port(std::uint16_t port, bool with_our_rights);

/// Whether the program passt is installed and has what it stands on, a route to the world; it may fail all
/// the same.
bool may_use_passt();
/// Whether one of the tables of routes of a process (proc(5), /proc/PID/net/route and ipv6_route) has a
/// default route.
bool has_default_route(const std::filesystem::path& proc_net);

} // namespace vireo::launch
