// SPDX-License-Identifier: Apache-2.0
#include "daemon/monitor_event_filter.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <regex.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <memory>

namespace vireo::daemon {

namespace {
constexpr std::size_t longest_pattern = 1024;
/// One that repeats what another repeats doubles the compiled pattern.
constexpr std::ptrdiff_t most_repetitions = 4;

Error refuse(const std::string& pattern, std::string_view why) {
    return {ErrorCode::InvalidArgument, ErrorDomain::Qemu,
            fmt::format("'{:.200}' cannot be a pattern for names of events: {}", pattern, why)};
}

bool has_back_reference(const std::string& pattern) {
    bool escaped = false;
    for (char each : pattern) {
        if (escaped && each >= '1' && each <= '9') return true;
        escaped = !escaped && each == '\\';
    }
    return false;
}

/// Extended regular expressions of POSIX.
std::shared_ptr<const regex_t> compile(const std::string& pattern, bool no_case) {
    if (pattern.size() > longest_pattern) throw refuse(pattern, "it is too long");
    if (pattern.find('{') != pattern.npos || has_back_reference(pattern))
        throw refuse(pattern, "counts and back references are not supported");
    if (std::ranges::count(pattern, '+') > most_repetitions)
        throw refuse(pattern, fmt::format("it has more than {} '+'; * has no limit", most_repetitions));
    std::shared_ptr<regex_t> compiled{new regex_t{}, [](regex_t* gone) {
                                          ::regfree(gone);
                                          delete gone;
                                      }};
    auto failure =
        ::regcomp(compiled.get(), pattern.c_str(), REG_EXTENDED | REG_NOSUB | (no_case ? REG_ICASE : 0));
    if (failure == 0) return compiled;
    std::array<char, 200> why{};
    ::regerror(failure, compiled.get(), why.data(), why.size());
    throw refuse(pattern, why.data());
}
} // namespace

MonitorEventFilter::MonitorEventFilter(const std::optional<std::string>& name, std::uint32_t flags) {
    bool no_case = (flags & no_case_flag) != 0;
    if (!name)
        matches_ = [](const std::string&) { return true; };
    else if ((flags & regex_flag) != 0)
        matches_ = [pattern = compile(*name, no_case)](const std::string& event) {
            return ::regexec(pattern.get(), event.c_str(), 0, nullptr, 0) == 0;
        };
    else if (no_case)
        matches_ = [wanted = *name](const std::string& event) {
            return ::strcasecmp(wanted.c_str(), event.c_str()) == 0;
        };
    else
        matches_ = [wanted = *name](const std::string& event) { return wanted == event; };
}

} // namespace vireo::daemon
