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
/// A pidfd of exactly this process, if it still lives (pidfd first, then the comparison). Throws system_error
/// where that cannot be found out, for want of descriptors, say: it may well live.
Fd find_process(const ProcessIdentity& identity);
/// The time that a process has used, in all its threads.
struct CpuTimes {
    std::chrono::nanoseconds user{0}, system{0};
};
/// Nothing when it is gone.
std::optional<CpuTimes> cpu_times(pid_t pid);
/// User and system time together.
std::optional<std::chrono::nanoseconds> cpu_time(pid_t pid);
/// Identifies this boot of the host (/proc/sys/kernel/random/boot_id).
const std::string& boot_id();

} // namespace vireo::async
