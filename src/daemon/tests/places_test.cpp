// SPDX-License-Identifier: Apache-2.0
#include "daemon/places.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace vireo::daemon {

class PlacesTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "placesXXXXXX";
        root = ::mkdtemp(name.data());
    }
    void TearDown() override { std::filesystem::remove_all(root); }
    std::filesystem::path root;
};

TEST_F(PlacesTest, AreAllBelowTheRoot) {
    auto places = places_below(root);
    create_places(places);
    for (const auto& place : {places.run, places.state, places.log, places.cache}) {
        EXPECT_TRUE(std::filesystem::is_directory(place)) << place;
        EXPECT_TRUE(place.native().starts_with(root.native())) << place;
    }
    EXPECT_EQ(places_below({}).run, "/run/libvirt");
}

TEST_F(PlacesTest, BelongToOneDaemon) {
    auto first = claim(root);
    try {
        claim(root);
        ADD_FAILURE() << "a second daemon got it";
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::ResourceBusy);
        EXPECT_NE(std::string_view{error.what()}.find(std::to_string(::getpid())), std::string_view::npos);
    }
    first.reset();
    EXPECT_NO_THROW(claim(root));
}

} // namespace vireo::daemon
