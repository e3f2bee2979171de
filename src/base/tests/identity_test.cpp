// SPDX-License-Identifier: Apache-2.0
#include "base/mac_address.hpp"
#include "base/uuid.hpp"

#include <gtest/gtest.h>

namespace vireo {

TEST(Uuid, ReadsWhatItWrites) {
    auto uuid = Uuid::generate();
    EXPECT_EQ(Uuid::parse(uuid.text()), uuid);
    EXPECT_EQ(uuid.text().size(), 36U);
}

TEST(Uuid, HyphensAreOptional) {
    auto with = Uuid::parse("c7a5fdbd-edaf-9455-926a-d65c16db1809");
    ASSERT_TRUE(with);
    EXPECT_EQ(Uuid::parse("C7A5FDBDEDAF9455926AD65C16DB1809"), with);
}

class BadUuid : public testing::TestWithParam<std::string_view> {};
TEST_P(BadUuid, IsRefused) { EXPECT_EQ(Uuid::parse(GetParam()), std::nullopt); }
INSTANTIATE_TEST_SUITE_P(Texts, BadUuid,
                         testing::Values("", "c7a5", "c7a5fdbd-edaf-9455-926a-d65c16db180",
                                         "-c7a5fdbdedaf9455926ad65c16db1809",
                                         "c7a5fdbd-edaf-9455-926a-d65c16db18090",
                                         "g7a5fdbd-edaf-9455-926a-d65c16db1809"));

TEST(MacAddress, ReadsWhatItWrites) {
    auto mac = MacAddress::generate();
    EXPECT_EQ(MacAddress::parse(mac.text()), mac);
    EXPECT_EQ(mac.text().substr(0, 9), "52:54:00:");
    EXPECT_FALSE(mac.is_multicast());
}

class BadMac : public testing::TestWithParam<std::string_view> {};
TEST_P(BadMac, IsRefused) { EXPECT_EQ(MacAddress::parse(GetParam()), std::nullopt); }
INSTANTIATE_TEST_SUITE_P(Texts, BadMac,
                         testing::Values("", "52:54:00:aa:bb", "52:54:00:aa:bb:cc:dd", "52-54-00-aa-bb-cc",
                                         "52:54:00:aa:bb:", "52:54:00:aa:bb:1cc", "+2:54:00:aa:bb:cc"));

} // namespace vireo
