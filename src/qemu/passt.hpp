// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "base/fd.hpp"
#include "model/domain/interface.hpp"

#include <string>
#include <vector>

// passt: a user network for a guest by a program of its own (https://passt.top).

namespace vireo::qemu {

/// Starts passt for an interface and returns QEMU's end of the connection to it. passt ends when that is
/// closed: it lives as long as its guest, whatever becomes of the daemon. Throws Error: OperationUnsupported
/// where it is not installed, OperationFailed with what it said where it cannot work.
awaitable<Fd> start_passt(model::domain::Interface interface);

/// Its command line; `descriptor` is the number that its end of the connection has there. Throws
/// ConfigUnsupported for what it cannot do.
std::vector<std::string> passt_words(const model::domain::Interface& interface, int descriptor);

} // namespace vireo::qemu
