// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/common.hpp"
#include "xml/kept.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vireo::model::domain {

enum class ClockOffset { Utc, Localtime, Variable, Timezone, Absolute };
constexpr auto names_of(ClockOffset) {
    using enum ClockOffset;
    return std::to_array<std::pair<ClockOffset, std::string_view>>({{Utc, "utc"},
                                                                    {Localtime, "localtime"},
                                                                    {Variable, "variable"},
                                                                    {Timezone, "timezone"},
                                                                    {Absolute, "absolute"}});
}

enum class ClockBasis { Utc, Localtime };
constexpr auto names_of(ClockBasis) {
    using enum ClockBasis;
    return std::to_array<std::pair<ClockBasis, std::string_view>>({{Utc, "utc"}, {Localtime, "localtime"}});
}

enum class TimerName { Platform, Pit, Rtc, Hpet, Tsc, Kvmclock, Hypervclock, Armvtimer };
constexpr auto names_of(TimerName) {
    using enum TimerName;
    return std::to_array<std::pair<TimerName, std::string_view>>({{Platform, "platform"},
                                                                  {Pit, "pit"},
                                                                  {Rtc, "rtc"},
                                                                  {Hpet, "hpet"},
                                                                  {Tsc, "tsc"},
                                                                  {Kvmclock, "kvmclock"},
                                                                  {Hypervclock, "hypervclock"},
                                                                  {Armvtimer, "armvtimer"}});
}

enum class TickPolicy { Delay, Catchup, Merge, Discard };
constexpr auto names_of(TickPolicy) {
    using enum TickPolicy;
    return std::to_array<std::pair<TickPolicy, std::string_view>>(
        {{Delay, "delay"}, {Catchup, "catchup"}, {Merge, "merge"}, {Discard, "discard"}});
}

enum class TimerTrack { Boot, Guest, Wall, Realtime };
constexpr auto names_of(TimerTrack) {
    using enum TimerTrack;
    return std::to_array<std::pair<TimerTrack, std::string_view>>(
        {{Boot, "boot"}, {Guest, "guest"}, {Wall, "wall"}, {Realtime, "realtime"}});
}

enum class TimerMode { Auto, Native, Emulate, Paravirt, Smpsafe };
constexpr auto names_of(TimerMode) {
    using enum TimerMode;
    return std::to_array<std::pair<TimerMode, std::string_view>>({{Auto, "auto"},
                                                                  {Native, "native"},
                                                                  {Emulate, "emulate"},
                                                                  {Paravirt, "paravirt"},
                                                                  {Smpsafe, "smpsafe"}});
}

struct TimerCatchup { // threshold and limit in nanoseconds, slew in ticks
    std::optional<std::uint64_t> threshold, slew, limit;
    friend bool operator==(const TimerCatchup&, const TimerCatchup&) = default;
};

struct Timer {
    TimerName name = TimerName::Rtc;
    std::optional<TickPolicy> tick_policy;
    std::optional<TimerTrack> track;
    std::optional<std::uint64_t> frequency; ///< Hz
    std::optional<TimerMode> mode;
    std::optional<Answer> present;
    std::optional<TimerCatchup> catchup;
    friend bool operator==(const Timer&, const Timer&) = default;
};

/// <clock>: what the guest's real-time clock shows at its start.
struct Clock {
    ClockOffset offset = ClockOffset::Utc;
    std::optional<std::string>
        adjustment;                  ///< seconds with offset variable; "reset" or seconds with utc, localtime
    std::optional<ClockBasis> basis; ///< of offset variable
    std::string timezone;            ///< of offset timezone
    std::uint64_t start = 0;         ///< of offset absolute: seconds since 1970
    std::vector<Timer> timers;
    friend bool operator==(const Clock&, const Clock&) = default;
};

} // namespace vireo::model::domain
