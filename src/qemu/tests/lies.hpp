// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// What a hostile QEMU says on its monitor, line by line; `lies_of` knows these names.
inline constexpr std::array<std::string_view, 9> kinds_of_lies{
    "garbage", "endless", "deep", "types", "strangers", "duplicates", "greetings", "flood", "names"};

inline std::vector<std::string> repeat(std::size_t times, const std::string& line) { return {times, line}; }

inline std::vector<std::string> lies_of(std::string_view kind) {
    constexpr std::size_t many = 100'000;
    if (kind == "garbage") return {"\x01\xff\xfe }{ not JSON"};
    if (kind == "endless") return {std::string(8U << 20, ' ') + "{"}; // twice what a line may have
    if (kind == "deep") return {std::string(many, '[')};
    if (kind == "types")
        return {R"({"event": 5})", R"({"event": {}, "data": []})", R"([1, 2])", R"({"return": 1, "id": {}})"};
    if (kind == "strangers") return repeat(many, R"({"return": {"a": [1, 2, 3]}, "id": 4000000000})");
    if (kind == "duplicates") {
        std::vector<std::string> lines;
        for (int id = 0; id < 1000; ++id)
            for (int copy = 0; copy < 3; ++copy)
                lines.push_back(R"({"return": {}, "id": )" + std::to_string(id) + "}");
        return lines;
    }
    if (kind == "greetings") return repeat(2, R"({"QMP": {"version": {}, "capabilities": []}})");
    if (kind == "flood")
        return repeat(many, R"({"timestamp": {"seconds": 1, "microseconds": 2}, "event": "RTC_CHANGE", )"
                            R"("data": {"offset": 1, "qom-path": "/machine/rtc"}})");
    if (kind == "names") // events that the driver knows, with data that they never have
        return {R"({"event": "SHUTDOWN_", "data": {}})",
                R"({"event": "BLOCK_IO_ERROR", "data": {"device": 7}})",
                R"({"event": "GUEST_PANICKED_", "data": {"action": []}})",
                R"({"event": "WATCHDOG", "data": 3})",
                R"({"event": "RTC_CHANGE", "data": {"offset": "soon"}})",
                R"({"event": "JOB_STATUS_CHANGE"})"};
    return {};
}

} // namespace vireo::qemu
