// SPDX-License-Identifier: Apache-2.0
#include "qemu/statistics/process_times.hpp"

#include "host/affinity.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace vireo::qemu {

namespace {
/// The fields of a `stat` file from the third on: the second, a name in brackets, may hold anything.
std::vector<std::string> stat_fields(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream rest{line.substr(name_end + 1)};
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) fields.push_back(field);
    return fields;
}

/// The line "wait_sum : 12.345678" of a `sched` file, in milliseconds (its name had a prefix once).
std::chrono::nanoseconds waited(const std::string& path) {
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);) {
        auto colon = line.find(':');
        auto name = line.find("wait_sum");
        if (name == std::string::npos || colon == std::string::npos || name > colon) continue;
        std::istringstream rest{line.substr(colon + 1)};
        double milliseconds = 0;
        if (rest >> milliseconds && milliseconds > 0)
            return std::chrono::nanoseconds{std::llround(milliseconds * 1'000'000)};
    }
    return {};
}

/// The sum of a figure over the virtual machines of KVM that a process has (debugfs).
std::uint64_t sum_of_kvm(pid_t process, std::string_view figure) {
    std::uint64_t sum = 0;
    std::error_code missing; // no debugfs, or no KVM
    auto prefix = fmt::format("{}-", process);
    for (const auto& entry : std::filesystem::directory_iterator{"/sys/kernel/debug/kvm", missing}) {
        if (!entry.path().filename().native().starts_with(prefix)) continue;
        std::ifstream file{entry.path() / figure};
        std::uint64_t value = 0;
        if (file >> value) sum += value;
    }
    return sum;
}
} // namespace

PollTimes poll_times(pid_t process) {
    return {std::chrono::nanoseconds{sum_of_kvm(process, "halt_poll_success_ns")},
            std::chrono::nanoseconds{sum_of_kvm(process, "halt_poll_fail_ns")}};
}

std::optional<ThreadTimes> thread_times(pid_t process, pid_t thread) {
    constexpr std::size_t user = 11, system = 12, processor = 36; // counted from the state
    auto folder = fmt::format("/proc/{}/task/{}", process, thread);
    auto fields = stat_fields(folder + "/stat");
    if (fields.size() <= processor) return std::nullopt;
    ThreadTimes times;
    auto ticks = std::stoull(fields[user]) + std::stoull(fields[system]);
    static const auto per_tick = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
    times.used = std::chrono::nanoseconds{ticks * static_cast<std::uint64_t>(per_tick)};
    times.processor = std::stoi(fields[processor]);
    std::ifstream schedule{folder + "/schedstat"};
    std::uint64_t running = 0, waiting = 0;
    if (schedule >> running >> waiting) times.delay = std::chrono::nanoseconds{waiting};
    times.wait = waited(folder + "/sched");
    times.affinity = host::affinity_of(thread);
    return times;
}

std::optional<std::uint64_t> resident_kib(pid_t process) {
    std::ifstream file{fmt::format("/proc/{}/status", process)};
    std::string line;
    while (std::getline(file, line)) {
        constexpr std::string_view key = "VmRSS:";
        if (!line.starts_with(key)) continue;
        std::istringstream rest{line.substr(key.size())};
        std::uint64_t size = 0;
        if (rest >> size) return size;
    }
    return std::nullopt;
}

} // namespace vireo::qemu
