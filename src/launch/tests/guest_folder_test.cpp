// SPDX-License-Identifier: Apache-2.0
#include "launch/guest_folder.hpp"

#include "base/error.hpp"
#include "launch/names.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <set>
#include <stdlib.h>

namespace vireo::launch {

class GuestFolders : public testing::Test {
protected:
    GuestFolders() {
        char name[] = "/tmp/vireo-folder-XXXXXX";
        place = ::mkdtemp(name);
    }
    ~GuestFolders() override { std::filesystem::remove_all(place); }
    GuestFolder make(const std::string& name) {
        FolderFacts facts;
        facts.name = name;
        facts.domain = uuid;
        facts.uri = "qemu:///session";
        facts.image = "/images/a.qcow2";
        return GuestFolder::create(place / "launch", std::move(facts));
    }
    std::filesystem::path place;
    Uuid uuid = Uuid::generate();
};

TEST_F(GuestFolders, TellWhoseTheyAreAndWhetherTheyAreBeingMade) {
    std::optional folder{make("web")};
    auto facts = read_folder(folder->path());
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->domain, uuid);
    EXPECT_EQ(facts->uri, "qemu:///session");
    EXPECT_EQ(facts->image, "/images/a.qcow2");
    EXPECT_TRUE(facts->being_made);
    EXPECT_FALSE(facts->defined);
    folder->mark_defined();
    auto path = folder->path();
    folder.reset();
    facts = read_folder(path);
    ASSERT_TRUE(facts);
    EXPECT_FALSE(facts->being_made);
    EXPECT_TRUE(facts->defined);
    EXPECT_EQ(all_folders(place / "launch").size(), 1U);
    EXPECT_TRUE(all_folders(place / "none").empty());
}

TEST_F(GuestFolders, AreForTheirOwnerAlone) {
    auto folder = make("web");
    folder.write("seed.iso", "secret");
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(folder.path()).permissions(), perms::owner_all);
    EXPECT_EQ(std::filesystem::status(folder.seed()).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(GuestFolders, AreNotMadeTwice) {
    auto folder = make("web");
    EXPECT_THROW(make("web"), Error);
    EXPECT_TRUE(read_folder(folder.path()));
}

TEST_F(GuestFolders, WithoutAMarkAreMadeAnew) {
    std::filesystem::create_directories(place / "launch/web");
    std::ofstream{place / "launch/web/launch.json.partial"} << "{";
    EXPECT_NO_THROW(make("web"));
}

TEST_F(GuestFolders, LoseWhatLaunchingMadeAndNothingElse) {
    auto folder = make("web");
    folder.write("seed.iso", "x");
    EXPECT_TRUE(remove_folder(folder.path()).empty());
    EXPECT_FALSE(std::filesystem::exists(folder.path()));

    auto other = make("db");
    other.write("notes.txt", "mine");
    EXPECT_EQ(remove_folder(other.path()), (std::vector{other.path() / "notes.txt"}));
    EXPECT_TRUE(std::filesystem::exists(other.path() / "notes.txt"));
    EXPECT_FALSE(read_folder(other.path()));
}

TEST_F(GuestFolders, ShowTheLastLinesOfAConsoleWithoutItsControls) {
    auto folder = make("web");
    folder.write("console.log", "one\r\n\r\ntwo\x1b[0m\r\nthree\r\n");
    EXPECT_EQ(last_lines(folder.console_log(), 2), (std::vector<std::string>{"two[0m", "three"}));
    EXPECT_TRUE(last_lines(folder.path() / "none", 2).empty());
}

TEST(Names, AreFreeAndFitForAHost) {
    std::set<std::string> taken;
    for (int i = 0; i < 2000; ++i) { // more than there are pairs of words
        auto name = generate_name([&](const std::string& wanted) { return taken.contains(wanted); });
        EXPECT_NO_THROW(require_host_name(name)) << name;
        EXPECT_TRUE(taken.insert(name).second) << name;
    }
}

TEST(Names, OfHostsAndUsersAreChecked) {
    for (const auto* good : {"web", "Web-1", "1a", "a"}) EXPECT_NO_THROW(require_host_name(good)) << good;
    for (const auto* bad : {"", "-a", "a-", "a b", "a.b", "../etc", "a_b"})
        EXPECT_THROW(require_host_name(bad), Error) << bad;
    EXPECT_THROW(require_host_name(std::string(64, 'a')), Error);
    for (const auto* good : {"ann", "_apt", "a-1"}) EXPECT_NO_THROW(require_user_name(good)) << good;
    for (const auto* bad : {"", "1a", "-a", "Ann", "a b", "a:b"})
        EXPECT_THROW(require_user_name(bad), Error) << bad;
}

} // namespace vireo::launch
