// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <vector>

namespace vireo::host {

/// Of each processor of the host, by number: whether a thread may run there (sched_getaffinity(2)). None of
/// them when there is no such thread.
std::vector<bool> affinity_of(pid_t thread);

/// Lets a thread run on these processors only (sched_setaffinity(2)). Throws std::system_error: EINVAL when
/// none of them is online, ESRCH when there is no such thread.
void set_affinity(pid_t thread, const std::set<std::uint32_t>& processors);

/// How the kernel chooses a thread (sched(7)): SCHED_BATCH, SCHED_IDLE, or SCHED_FIFO and SCHED_RR with a
/// priority. Throws std::system_error.
void set_scheduling(pid_t thread, int policy, int priority);

/// The threads of a process; none when it is gone.
std::vector<pid_t> threads_of(pid_t process);

} // namespace vireo::host
