// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <string>

namespace vireo::qemu {

/// Connects to a listening unix socket without waiting: one whose queue is full fails. The result does not
/// block. Throws ConfigUnsupported for a path that is too long, system_error when nobody listens.
Fd connect_to(const std::string& path);

} // namespace vireo::qemu
