// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>

namespace vireo::qemu {

/// A TCP port from 5900 on that nobody on this host listens on and that is not in `taken`. Throws
/// OperationFailed when all are in use. (Whoever takes it before QEMU does makes that start fail.)
std::int32_t find_display_port(const std::set<std::int32_t>& taken);

} // namespace vireo::qemu
