// SPDX-License-Identifier: Apache-2.0
#include "host/affinity.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>

namespace vireo::host {

std::vector<bool> affinity_of(pid_t thread) {
    auto count = static_cast<std::size_t>(std::max(::sysconf(_SC_NPROCESSORS_CONF), 1L));
    cpu_set_t set{};
    std::vector<bool> result(count);
    if (::sched_getaffinity(thread, sizeof set, &set) != 0) return result;
    for (std::size_t i = 0; i < count && i < CPU_SETSIZE; ++i) result[i] = CPU_ISSET(i, &set);
    return result;
}

} // namespace vireo::host
