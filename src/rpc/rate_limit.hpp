// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace vireo::rpc {

/// Bounds what strangers can make us say: `most` times in each period, which begins with its first.
class RateLimit {
public:
    using Time = std::chrono::steady_clock::time_point;

    RateLimit(std::size_t most, std::chrono::seconds period) : most_{most}, period_{period} {}

    /// Whether to speak now; the value is how often that was refused since the last time.
    std::optional<std::size_t> admit(Time now) {
        if (now >= end_) {
            end_ = now + period_;
            spoken_ = 0;
        }
        if (spoken_ == most_) {
            ++refused_;
            return std::nullopt;
        }
        ++spoken_;
        return std::exchange(refused_, 0);
    }

private:
    std::size_t most_, spoken_ = 0, refused_ = 0;
    std::chrono::seconds period_;
    Time end_ = Time::min(); // of the period
};

} // namespace vireo::rpc
