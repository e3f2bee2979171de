// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace vireo::hypervisor {

/// Where a daemon keeps its things: the system's places, or all of them below `--root DIR`.
struct Directories {
    std::filesystem::path
        run; // sockets, and what lives as long as a guest; gone after a reboot (/run/libvirt)
    std::filesystem::path state; // what must survive (/var/lib/vireo)
    std::filesystem::path log;   // (/var/log/libvirt)
    std::filesystem::path cache; // what can be found out again (/var/cache/vireo)
};

} // namespace vireo::hypervisor
