// SPDX-License-Identifier: Apache-2.0
#include "launch/catalogue.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace vireo::launch {

std::string one(std::string_view url) {
    return fmt::format(R"({{"images": [{{"name": "n", "version": "1", "architecture": "x86_64", "url": "{}",
                         "checksums": "https://h/SUMS"}}]}})",
                       url);
}

TEST(Catalogue, TheInstalledOneIsWhole) {
    auto path = std::filesystem::path{TEST_DATA} / "../../../../share/vireo/images.json";
    std::ifstream file{path.lexically_normal()};
    auto entries = parse_catalogue(std::string{std::istreambuf_iterator<char>{file}, {}});
    std::set<std::string> titles;
    for (const auto& entry : entries) {
        EXPECT_TRUE(titles.insert(entry.title()).second) << entry.title();
        EXPECT_TRUE(entry.url.starts_with("https://")) << entry.url;
        EXPECT_TRUE(entry.checksums.starts_with("https://")) << entry.checksums;
    }
    EXPECT_EQ(require_entry(entries, "debian:12").url, require_entry(entries, "debian:bookworm").url);
    EXPECT_EQ(require_entry(entries, "ubuntu").version, "24.04");
    EXPECT_EQ(require_entry(entries, "debian").title(), "debian:13");
}

TEST(Catalogue, TellsWhatItHasWhenANameIsUnknown) {
    auto entries = parse_catalogue(one("https://h/i"));
    for (const auto* wanted : {"x", "n:2", "", ":"}) {
        try {
            require_entry(entries, wanted);
            ADD_FAILURE() << wanted;
        } catch (const Error& failure) {
            EXPECT_NE(std::string_view{failure.what()}.find("n:1"), std::string_view::npos) << failure.what();
        }
    }
}

TEST(Catalogue, ThatIsWrongIsRefused) {
    for (const auto& text :
         {std::string{}, std::string{"{}"}, std::string{"[]"}, std::string{R"({"images": [1]})"},
          std::string{R"({"images": [{}]})"}, one("file:///etc/passwd"), one("")})
        EXPECT_THROW(parse_catalogue(text), Error) << text;
}

} // namespace vireo::launch
