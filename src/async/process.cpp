// SPDX-License-Identifier: Apache-2.0
#include "async/process.hpp"

#include "base/pidfd.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

namespace vireo::async {

namespace {
/// The fields of /proc/PID/stat from the third (state) on; empty when there is no such process. The second,
/// the program's name in brackets, may hold spaces and brackets itself.
std::vector<std::string> stat_fields(pid_t pid) {
    std::ifstream file{fmt::format("/proc/{}/stat", pid)};
    std::string line;
    std::getline(file, line);
    auto name_end = line.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream rest{line.substr(name_end + 1)};
    std::vector<std::string> fields;
    for (std::string field; rest >> field;) fields.push_back(field);
    return fields;
}
constexpr std::size_t state_field = 0, user_time_field = 11, system_time_field = 12, start_time_field = 19;
} // namespace

std::optional<ProcessIdentity> identify_process(pid_t pid) {
    auto fields = stat_fields(pid);
    if (fields.size() <= start_time_field || fields[state_field] == "Z") return std::nullopt;
    return ProcessIdentity{pid, std::stoull(fields[start_time_field])};
}

Fd find_process(const ProcessIdentity& identity) {
    Fd process{::pidfd_open(identity.pid, 0)};
    auto fail = [&](int code) {
        throw std::system_error(code, std::generic_category(),
                                fmt::format("cannot find out whether process {} lives", identity.pid));
    };
    if (!process && errno == ESRCH) return {};
    if (!process) fail(errno);
    if (auto found = identify_process(identity.pid)) return *found == identity ? std::move(process) : Fd{};
    // It has ended; or nobody could look.
    Fd look{::open(fmt::format("/proc/{}/stat", identity.pid).c_str(), O_RDONLY | O_CLOEXEC)};
    if (!look && errno != ENOENT && errno != ESRCH) fail(errno);
    return {};
}

std::optional<CpuTimes> cpu_times(pid_t pid) {
    auto fields = stat_fields(pid);
    if (fields.size() <= system_time_field) return std::nullopt;
    static const auto nanoseconds_per_tick = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
    auto time = [&](std::size_t field) {
        return std::chrono::nanoseconds{std::stoull(fields[field]) *
                                        static_cast<std::uint64_t>(nanoseconds_per_tick)};
    };
    return CpuTimes{time(user_time_field), time(system_time_field)};
}

std::optional<std::chrono::nanoseconds> cpu_time(pid_t pid) {
    auto times = cpu_times(pid);
    if (!times) return std::nullopt;
    return times->user + times->system;
}

const std::string& boot_id() {
    static const std::string id = [] {
        std::ifstream file{"/proc/sys/kernel/random/boot_id"};
        std::string text;
        std::getline(file, text);
        return text;
    }();
    return id;
}

} // namespace vireo::async
