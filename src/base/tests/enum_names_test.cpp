// SPDX-License-Identifier: Apache-2.0
#include "base/enum_names.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace vireo {

enum class Bus { Ide, Virtio, Unnamed };
constexpr auto names_of(Bus) {
    return std::to_array<std::pair<Bus, std::string_view>>({{Bus::Ide, "ide"}, {Bus::Virtio, "virtio"}});
}

TEST(EnumNames, GoBothWays) {
    EXPECT_EQ(from_name<Bus>("virtio"), Bus::Virtio);
    EXPECT_EQ(from_name<Bus>("scsi"), std::nullopt);
    EXPECT_EQ(name_of(Bus::Ide), "ide");
    EXPECT_EQ(name_of(Bus::Unnamed), "?");
    EXPECT_EQ(choices_of<Bus>(), "'ide', 'virtio'");
}

} // namespace vireo
