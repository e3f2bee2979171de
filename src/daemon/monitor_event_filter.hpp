// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace vireo::daemon {

/// Which of a monitor's events a client wants to hear, by their names
/// (virConnectDomainQemuMonitorEventRegister): all, one, or those that a pattern matches somewhere.
class MonitorEventFilter {
public:
    static constexpr std::uint32_t regex_flag = 1, no_case_flag = 2;

    /// Throws InvalidArgument for a pattern that is none. Repetition counts and back references are refused:
    /// what they cost has no bound, and names of events need none.
    MonitorEventFilter(const std::optional<std::string>& name, std::uint32_t flags);
    bool matches(const std::string& event) const { return matches_(event); }

private:
    std::function<bool(const std::string&)> matches_;
};

} // namespace vireo::daemon
