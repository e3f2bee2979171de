// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include "base/enum_names.hpp"

#include <unistd.h>

#include <ctime>

namespace vireo::log {

namespace {
Level least = Level::Info;
}

void set_level(Level level) noexcept { least = level; }
bool enabled(Level level) noexcept { return level >= least; }

void write(Level level, std::string_view source, std::string_view message) noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    tm parts{};
    ::gmtime_r(&now.tv_sec, &parts);
    try {
        auto line =
            fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}+0000: {}: {}: {}\n", parts.tm_year + 1900,
                        parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                        now.tv_nsec / 1'000'000, name_of(level), source, message);
        [[maybe_unused]] auto written = ::write(STDERR_FILENO, line.data(), line.size());
    } catch (const std::exception&) {
        return; // out of memory: a lost line of the log is the lesser evil
    }
}

} // namespace vireo::log
