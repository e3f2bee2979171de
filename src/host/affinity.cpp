// SPDX-License-Identifier: Apache-2.0
#include "host/affinity.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace vireo::host {

std::vector<bool> affinity_of(pid_t thread) {
    auto count = static_cast<std::size_t>(std::max(::sysconf(_SC_NPROCESSORS_CONF), 1L));
    cpu_set_t set{};
    std::vector<bool> result(count);
    if (::sched_getaffinity(thread, sizeof set, &set) != 0) return result;
    for (std::size_t i = 0; i < count && i < CPU_SETSIZE; ++i) result[i] = CPU_ISSET(i, &set);
    return result;
}

void set_affinity(pid_t thread, const std::set<std::uint32_t>& processors) {
    std::vector<cpu_set_t> sets(processors.empty() ? 1 : *processors.rbegin() / CPU_SETSIZE + 1);
    auto size = sets.size() * sizeof(cpu_set_t);
    for (auto processor : processors) CPU_SET_S(processor, size, sets.data());
    if (::sched_setaffinity(thread, size, sets.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot choose the processors of a thread");
}

void set_scheduling(pid_t thread, int policy, int priority) {
    sched_param parameters{};
    parameters.sched_priority = priority;
    if (::sched_setscheduler(thread, policy, &parameters) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot change how a thread is scheduled");
}

std::vector<pid_t> threads_of(pid_t process) {
    std::vector<pid_t> threads;
    std::error_code gone;
    std::filesystem::directory_iterator entry{fmt::format("/proc/{}/task", process), gone}, end;
    for (; !gone && entry != end; entry.increment(gone))
        threads.push_back(static_cast<pid_t>(std::strtol(entry->path().filename().c_str(), nullptr, 10)));
    return threads;
}

} // namespace vireo::host
