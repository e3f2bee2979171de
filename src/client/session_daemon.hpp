// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "client/uri.hpp"

namespace vireo::client {

/// Whether this is the daemon of our user's session at its usual place: that one may be started by who needs
/// it.
bool may_be_started(const Uri& uri);

/// Starts `vireod --session`, which ends by itself two minutes after its last client and guest, and returns
/// when it answers. It is the program beside ours, or else in PATH; its log is
/// XDG_CACHE_HOME/vireo/session.log. Throws Error with what it said.
awaitable<void> start_session_daemon();

} // namespace vireo::client
