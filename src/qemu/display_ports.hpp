// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>

namespace vireo::qemu {

/// Both ends belong to it. VNC counts displays from 5900.
struct PortRange {
    std::int32_t first = 5900, last = 65535;
};

/// A TCP port of the range that nobody on this host listens on and that is not in `taken`. Throws
/// OperationFailed when all are in use. (Whoever takes it before QEMU does makes that start fail.)
std::int32_t find_display_port(PortRange range, const std::set<std::int32_t>& taken);

} // namespace vireo::qemu
