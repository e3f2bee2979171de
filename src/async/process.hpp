// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace vireo::async {

/// A process for good: numbers are used again, the number with the start time is not, within one boot of the
/// host.
struct ProcessIdentity {
    pid_t pid = 0;
    std::uint64_t start_time = 0; // clock ticks since boot (proc(5), /proc/PID/stat, field 22)
    friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// Whose number `pid` is now; nothing when there is no such process or it is a zombie.
std::optional<ProcessIdentity> identify_process(pid_t pid);
/// A pidfd of exactly this process, if it still lives (pidfd first, then the comparison).
Fd find_process(const ProcessIdentity& identity);
/// User and system time that the process has used; nothing when it is gone.
std::optional<std::chrono::nanoseconds> cpu_time(pid_t pid);
/// Identifies this boot of the host (/proc/sys/kernel/random/boot_id).
const std::string& boot_id();

} // namespace vireo::async
