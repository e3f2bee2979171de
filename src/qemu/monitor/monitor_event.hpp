// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/json.hpp"

#include <chrono>
#include <string>

namespace vireo::qemu {

/// Something that happened in QEMU ("SHUTDOWN", "STOP", "DEVICE_DELETED", …).
struct MonitorEvent {
    std::string name;
    json::object data;
    std::chrono::microseconds time; // since 1970, by the host's clock
};

} // namespace vireo::qemu
