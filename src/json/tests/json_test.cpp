// SPDX-License-Identifier: Apache-2.0
#include "json/json.hpp"

#include <gtest/gtest.h>

namespace vireo::json {

TEST(Print, KeepsTheOrderAndEscapes) {
    object device{
        {"driver", "isa-serial"}, {"id", "serial0"}, {"index", 0}, {"name", "a\"b\n/é"}, {"on", true}};
    device["bus"] = "pci.0";
    EXPECT_EQ(
        print(device),
        R"({"driver":"isa-serial","id":"serial0","index":0,"name":"a\"b\n/é","on":true,"bus":"pci.0"})");
}

TEST(Parse, ReturnsWhatWasPrinted) {
    auto document = parse(R"({"size":17179869184,"list":[1,-2,null]})");
    ASSERT_TRUE(document);
    EXPECT_EQ(print(*document), R"({"size":17179869184,"list":[1,-2,null]})");
}

TEST(Parse, RefusesWhatIsNotOneDocument) {
    for (const char* text : {"", "{", "{} {}", "nonsense", "{'a':1}", "\"\xff\""})
        EXPECT_FALSE(parse(text)) << text;
    EXPECT_FALSE(parse(std::string(100'000, '[')));
}

TEST(Find, AnswersOnlyWithTheRightType) {
    object from{{"text", "x"}, {"number", 7}, {"flag", true}, {"object", object{}}, {"array", array{}}};
    EXPECT_EQ(find_text(from, "text"), "x");
    EXPECT_EQ(find_number(from, "number"), 7);
    EXPECT_EQ(find_flag(from, "flag"), true);
    EXPECT_NE(find_object(from, "object"), nullptr);
    EXPECT_NE(find_array(from, "array"), nullptr);
    EXPECT_EQ(find_number({{"unsigned", 7U}}, "unsigned"), 7);
    EXPECT_EQ(find_number({{"fraction", 7.5}}, "fraction"), std::nullopt);
    EXPECT_EQ(find_number({{"large", UINT64_MAX}}, "large"), std::nullopt);
    EXPECT_EQ(find_text(from, "number"), std::nullopt);
    EXPECT_EQ(find_number(from, "text"), std::nullopt);
    EXPECT_EQ(find_flag(from, "absent"), std::nullopt);
    EXPECT_EQ(find_object(from, "array"), nullptr);
    EXPECT_EQ(find_array(from, "object"), nullptr);
}

} // namespace vireo::json
