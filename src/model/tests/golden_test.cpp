// SPDX-License-Identifier: Apache-2.0
#include "model/domain/xml.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

// data/NAME.xml is what a user wrote, data/NAME.out.xml how it is shown. VIREO_UPDATE_GOLDEN=1 rewrites the
// latter.

namespace vireo::model::domain {
namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path};
    EXPECT_TRUE(file.is_open()) << path;
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

class Golden : public testing::TestWithParam<const char*> {};
TEST_P(Golden, IsShownAsExpected) {
    auto base = std::string{TEST_DATA "/"} + GetParam();
    auto domain = parse(read_file(base + ".xml"));
    auto shown = format(domain, {.secure = true, .live = false});
    if (std::getenv("VIREO_UPDATE_GOLDEN")) std::ofstream{base + ".out.xml"} << shown;
    EXPECT_EQ(shown, read_file(base + ".out.xml"));
    EXPECT_EQ(parse(shown), domain);
}
INSTANTIATE_TEST_SUITE_P(Data, Golden, testing::Values("small", "server", "kept", "devices", "tuning"));

} // namespace
} // namespace vireo::model::domain
