// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <vector>

namespace vireo::host {

/// Of each processor of the host, by number: whether a thread may run there (sched_getaffinity(2)). None of
/// them when there is no such thread.
std::vector<bool> affinity_of(pid_t thread);

} // namespace vireo::host
