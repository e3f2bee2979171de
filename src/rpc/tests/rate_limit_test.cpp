// SPDX-License-Identifier: Apache-2.0
#include "rpc/rate_limit.hpp"

#include <gtest/gtest.h>

namespace vireo::rpc {

TEST(RateLimit, SpeaksSoOftenInAPeriodAndCountsTheRest) {
    RateLimit limit{2, std::chrono::seconds{10}};
    RateLimit::Time start{};
    EXPECT_EQ(limit.admit(start), 0U);
    EXPECT_EQ(limit.admit(start + std::chrono::seconds{1}), 0U);
    EXPECT_EQ(limit.admit(start + std::chrono::seconds{2}), std::nullopt);
    EXPECT_EQ(limit.admit(start + std::chrono::seconds{9}), std::nullopt);
    EXPECT_EQ(limit.admit(start + std::chrono::seconds{10}), 2U);
    EXPECT_EQ(limit.admit(start + std::chrono::seconds{11}), 0U);
    EXPECT_EQ(limit.admit(start + std::chrono::seconds{12}), std::nullopt);
}

} // namespace vireo::rpc
