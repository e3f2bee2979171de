// SPDX-License-Identifier: Apache-2.0
#include "host/smbios.hpp"

#include <gtest/gtest.h>

namespace vireo::host {
namespace {

/// A structure of a table: type, fields behind the header, strings.
std::string structure(std::uint8_t type, const std::string& fields, const std::vector<std::string>& strings) {
    std::string bytes{static_cast<char>(type), static_cast<char>(4 + fields.size()), '\x01', '\0'};
    bytes += fields;
    for (const auto& text : strings) bytes += text + '\0';
    return bytes + (strings.empty() ? std::string(2, '\0') : std::string(1, '\0'));
}

const std::string system_fields =
    std::string("\x01\x02\x00\x03", 4) +
    std::string("\x33\x22\x11\x00\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16) +
    std::string("\x06\x00\x04", 3);

using Entries = std::vector<std::pair<std::string, std::string>>;

TEST(ParseSmbios, NamesTheEntriesOfTheSystem) {
    auto parts = parse_smbios(structure(1, system_fields, {"Maker", "Box", " 42 ", "Family"}));
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0].name, "system");
    EXPECT_EQ(parts[0].entries, (Entries{{"manufacturer", "Maker"},
                                         {"product", "Box"},
                                         {"serial", "42"},
                                         {"family", "Family"},
                                         {"uuid", "00112233-4455-6677-8899-aabbccddeeff"}}));
}

TEST(ParseSmbios, OrdersPartsAndStopsAtTheEnd) {
    auto table = structure(11, "\x02", {"one", "two"}) + structure(1, system_fields, {"Maker", "Box"}) +
                 structure(0, std::string("\x01\x00\x00\x00\x00", 5), {"BIOS vendor"}) +
                 structure(127, "", {}) + structure(3, std::string("\x01", 1), {"behind the end"});
    auto parts = parse_smbios(table);
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(parts[0].name, "bios");
    EXPECT_EQ(parts[1].name, "system");
    EXPECT_EQ(parts[2].name, "oemStrings");
    EXPECT_EQ(parts[2].entries, (Entries{{"", "one"}, {"", "two"}}));
}

/// Every beginning of a table is one that a broken firmware may give.
TEST(ParseSmbios, SurvivesCutTables) {
    auto table = structure(0, std::string("\x01\x02\x00\x00\x03", 5), {"a", "b", "c"}) +
                 structure(1, system_fields, {"Maker", "Box"});
    for (std::size_t length = 0; length <= table.size(); ++length)
        EXPECT_LE(parse_smbios(std::string_view{table}.substr(0, length)).size(), 2U) << length;
    EXPECT_TRUE(parse_smbios(std::string("\x00\x02\x00\x00", 4)).empty()) << "shorter than its header";
}

TEST(ReadSmbios, IsNothingWithoutATable) { EXPECT_FALSE(read_smbios("/nonexistent")); }

} // namespace
} // namespace vireo::host
