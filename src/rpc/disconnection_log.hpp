// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rpc/session.hpp"

#include <string_view>

namespace vireo::rpc {

/// Warns of a client that is disconnected. Not of each when there are many: they decide how often it happens.
void log_disconnection(const Identity& client, std::string_view why);

} // namespace vireo::rpc
