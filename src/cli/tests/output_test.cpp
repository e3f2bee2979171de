// SPDX-License-Identifier: Apache-2.0
#include "cli/cpu_set.hpp"
#include "cli/key_names.hpp"
#include "cli/output.hpp"
#include "cli/pretty_json.hpp"
#include "cli/sizes.hpp"
#include "cli/typed_parameters.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace vireo::cli {

TEST(Output, OfATableIsAnArrayForPrograms) {
    Table table{{"Id", "MAC address"}};
    table.add_row({Cell{"-", Value{}}, "a\"b"});
    table.add_row({Cell{"7", 7}, "-"});
    EXPECT_EQ(json_of(table), R"([{"id":null,"mac_address":"a\"b"},{"id":7,"mac_address":null}])"
                              "\n");
}

TEST(Output, OfARecordHasLinesForPeopleAndKeysForPrograms) {
    Record record;
    record.add("state", "running", "State: running").add("id", 3U, "").add_line("that is all");
    record.add("saved", false, "").add("part", 0.5, "").add("none", {}, "");
    EXPECT_EQ(text_of(record), "State: running\nthat is all\n");
    EXPECT_EQ(json_of(record), R"({"state":"running","id":3,"saved":false,"part":5E-1,"none":null})"
                               "\n");
    std::vector<Record> both{record, Record{}.add("texts", std::vector<std::string>{"a", "b"}, "")};
    EXPECT_EQ(json_of(both).substr(0, 10), R"([{"state":)");
    EXPECT_NE(json_of(both).find(R"({"texts":["a","b"]}])"), std::string::npos);
}

TEST(Table, IsAsWideInColoursAsWithout) {
    Table table{{"State"}};
    table.add_row({Cell{"running", "running", Style::Good}});
    EXPECT_EQ(table.text(false, true), " \x1b[32mrunning\x1b[0m\n");
    EXPECT_EQ(table.text(false), " running\n");
}

TEST(Format, HasTwoNames) {
    EXPECT_EQ(format_named("json"), Format::Json);
    EXPECT_EQ(format_named("text"), Format::Text);
    EXPECT_THROW(format_named("yaml"), Error);
}

TEST(HumanSize, HasThreeDigitsAndAUnit) {
    EXPECT_EQ(human_size(0), "0.000 B");
    EXPECT_EQ(human_size(200704), "196.000 KiB");
    EXPECT_EQ(human_size(~std::uint64_t{0}), "16.000 EiB");
}

TEST(CpuSet, IsShownAsLettersAndRanges) {
    const std::string_view bitmap{"\x0b\x01", 2}; // 0, 1, 3, 8
    EXPECT_EQ(cpu_letters(bitmap, 9), "yy-y----y");
    EXPECT_EQ(cpu_list(bitmap, 9), "0-1,3,8");
    EXPECT_EQ(cpu_list(bitmap, 2), "0-1");
    EXPECT_EQ(cpu_list("", 4), "");
    EXPECT_EQ(cpu_letters("", 2), "--");
}

TEST(Keys, HaveTheNamesOfLinux) {
    EXPECT_EQ(linux_key("KEY_ENTER"), 28U);
    EXPECT_EQ(linux_key("KEY_A"), 30U);
    EXPECT_EQ(linux_key("ENTER"), std::nullopt);
    EXPECT_EQ(linux_key("KEY_NOPE"), std::nullopt);
}

TEST(PrettyJson, HasALineForEachMember) {
    EXPECT_EQ(pretty_json(R"({"a":[1,{"b":null}],"c":{},"d":[]})"),
              "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
    EXPECT_EQ(member_of(R"({"return":{"x":1}})", "return"), R"({"x":1})");
    EXPECT_THROW(member_of(R"({"error":{}})", "return"), Error);
    EXPECT_THROW(pretty_json("nope"), Error);
}

TEST(TypedParameters, AreShownAsVirshDoes) {
    EXPECT_EQ(text_of(protocol::TypedValue{protocol::Boolean{1}}), "yes");
    EXPECT_EQ(text_of(protocol::TypedValue{0.5}), "0.500000");
    EXPECT_EQ(text_of(protocol::TypedValue{std::int64_t{-3}}), "-3");
    EXPECT_EQ(text_of(protocol::TypedValue{std::string{"x"}}), "x");
    EXPECT_EQ(count_of(protocol::TypedValue{std::uint32_t{3}}), 3U);
    EXPECT_EQ(count_of(protocol::TypedValue{std::string{"3"}}), std::nullopt);
}

} // namespace vireo::cli
