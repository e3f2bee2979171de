// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Shared by the daemon and by `vireo-launch`, so it needs nothing but the standard library.
namespace vireo::launcher {

/// A resource limit, as setrlimit(2) takes it.
struct Limit {
    int resource = 0;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
    friend bool operator==(const Limit&, const Limit&) = default;
};

/// A descriptor that the program gets: `source` is the daemon's number, `target` the program's (0 to 2 are
/// taken).
struct PassedDescriptor {
    int source = -1;
    int target = -1;
    friend bool operator==(const PassedDescriptor&, const PassedDescriptor&) = default;
};

/// All that `vireo-launch` does between fork and exec. No value may hold a NUL.
struct Plan {
    /// What runs; the first is its absolute path.
    std::vector<std::string> arguments;
    /// "NAME=value"; the program gets no others.
    std::vector<std::string> environment;
    std::string working_directory = "/";
    /// Gets "PID\n", for administrators and scripts. Empty: not written.
    std::string pid_file;
    /// Gets "PID START_TIME BOOT_ID\n", by which the process is known again (ProcessFile). Empty: not
    /// written.
    std::string identity_file;
    /// The cgroup directory to enter. Empty: stays in the daemon's.
    std::string cgroup;
    std::optional<uid_t> user;
    std::optional<gid_t> group;
    /// Supplementary groups, set only together with `group`.
    std::vector<gid_t> groups;
    /// The host's processors that it may run on; none given: the daemon's.
    std::vector<std::uint32_t> processors;
    /// One that the kernel refuses is a warning in the log.
    std::vector<Limit> limits;
    mode_t umask = 0077;
    /// Standard output and error; -1 is /dev/null.
    int log = -1;
    std::vector<PassedDescriptor> descriptors;
    /// The process whose death, before the program runs, kills the launcher. `launch` fills it in.
    pid_t parent = 0;
};

/// The launcher's own descriptors: the daemon lays them out so, in this order.
constexpr int plan_descriptor = 3, report_descriptor = 4, first_passed_descriptor = 5;

/// "key=value" entries, each ended by a NUL; the sources of descriptors and the log stay behind. Throws
/// invalid_argument when a value holds a NUL.
std::string encode(const Plan& plan);
/// Reads what `encode` wrote; the passed descriptors come without sources. Throws invalid_argument.
Plan decode(std::string_view text);

} // namespace vireo::launcher
