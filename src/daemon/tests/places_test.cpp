// SPDX-License-Identifier: Apache-2.0
#include "daemon/places.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

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
    const auto& [run, state, log, cache] = places.directories;
    for (const auto& place : {run, state, log, cache}) {
        EXPECT_TRUE(std::filesystem::is_directory(place)) << place;
        EXPECT_TRUE(place.native().starts_with(root.native())) << place;
    }
    EXPECT_EQ(places_below({}).directories.run, "/run/libvirt");
    EXPECT_EQ(places_below({}).configuration, "/etc/libvirt");
}

TEST_F(PlacesTest, OfAUserAreWhereClientsLook) {
    std::map<std::string, std::string> variables{{"HOME", root / "home"}, {"XDG_RUNTIME_DIR", root / "run"}};
    auto environment = [&](const char* name) { return variables[name]; };
    auto places = places_of_user(environment);
    EXPECT_TRUE(places.session);
    EXPECT_EQ(places.directories.run, root / "run/libvirt");
    EXPECT_EQ(places.directories.state, root / "home/.local/share/vireo");
    EXPECT_EQ(places.directories.log, root / "home/.cache/libvirt");
    EXPECT_EQ(places.configuration, root / "home/.config/libvirt");
    create_places(places);
    using std::filesystem::perms;
    EXPECT_EQ(status(places.directories.run).permissions(), perms::owner_all);

    variables = {{"HOME", "/home/u"},
                 {"XDG_CONFIG_HOME", "/c"},
                 {"XDG_CACHE_HOME", "/k"},
                 {"XDG_DATA_HOME", "relative"}};
    places = places_of_user(environment);
    EXPECT_EQ(places.directories.run, "/k/libvirt");
    EXPECT_EQ(places.directories.cache, "/k/vireo");
    EXPECT_EQ(places.directories.state, "/home/u/.local/share/vireo");
    EXPECT_EQ(places.configuration, "/c/libvirt");
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
