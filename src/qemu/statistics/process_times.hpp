// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace vireo::qemu {

/// What the kernel tells of one thread: its processor time, how long it waited for a processor, and the one
/// that it used last (proc(5), /proc/PID/task/TID/stat and schedstat).
struct ThreadTimes {
    std::chrono::nanoseconds used{0}, delay{0};
    std::chrono::nanoseconds wait{0}; ///< as far as the kernel counts it (its `sched` file)
    std::int32_t processor = -1;
    std::vector<bool> affinity; ///< of each processor of the host: whether it may run there
};

/// Nothing when the process has no such thread.
std::optional<ThreadTimes> thread_times(pid_t process, pid_t thread);
/// What of a process is in memory, in KiB (VmRSS of /proc/PID/status).
std::optional<std::uint64_t> resident_kib(pid_t process);

/// How long KVM has polled for a guest's processors, with and without success; zero where it does not run it.
struct PollTimes {
    std::chrono::nanoseconds success, failure;
};
PollTimes poll_times(pid_t process);

} // namespace vireo::qemu
