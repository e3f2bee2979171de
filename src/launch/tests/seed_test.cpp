// SPDX-License-Identifier: Apache-2.0
#include "launch/seed.hpp"

#include "base/error.hpp"
#include "launch/iso_image.hpp"
#include "json/json.hpp"

#include <gtest/gtest.h>

namespace vireo::launch {

Seed make_seed() {
    Seed seed;
    seed.instance_id = "id-1";
    seed.host_name = "web";
    seed.user = "ann";
    seed.ssh_keys = {"ssh-ed25519 AAAA ann@here"};
    seed.packages = {"nginx"};
    return seed;
}

json::object config_of(std::string_view text) {
    constexpr std::string_view head = "#cloud-config\n";
    EXPECT_TRUE(text.starts_with(head)) << text;
    auto document = json::parse(text.substr(head.size()));
    EXPECT_TRUE(document) << text;
    return document ? document->as_object() : json::object{};
}

TEST(Seed, NamesUserKeysAndPackages) {
    auto config = config_of(user_data(make_seed()));
    const auto& user = config.at("users").as_array().at(0).as_object();
    EXPECT_EQ(json::find_text(user, "name"), "ann");
    EXPECT_EQ(user.at("ssh_authorized_keys").as_array().at(0).as_string(), "ssh-ed25519 AAAA ann@here");
    EXPECT_EQ(config.at("packages").as_array().at(0).as_string(), "nginx");
    EXPECT_FALSE(config.contains("ssh_pwauth")); // which breaks connections at the first boot
    auto meta = json::parse(meta_data(make_seed()));
    ASSERT_TRUE(meta);
    EXPECT_EQ(json::find_text(meta->as_object(), "instance-id"), "id-1");
    EXPECT_EQ(json::find_text(meta->as_object(), "local-hostname"), "web");
}

TEST(Seed, WithoutPackagesUpdatesNothing) {
    auto seed = make_seed();
    seed.packages.clear();
    EXPECT_FALSE(config_of(user_data(seed)).contains("package_update"));
}

TEST(Seed, MountsFoldersAndGivesTheirHomeBackToTheUser) {
    auto seed = make_seed();
    EXPECT_FALSE(config_of(user_data(seed)).contains("mounts"));
    seed.mounts = {{"/srv", "/data"}, {"/home/me/src", "/home/ann/src"}};
    seed.user_id = 1234;
    auto config = config_of(user_data(seed));
    EXPECT_EQ(config.at("users").as_array().at(0).as_object().at("uid"), 1234);
    const auto& mounts = config.at("mounts").as_array();
    ASSERT_EQ(mounts.size(), 2U);
    const auto& second = mounts.at(1).as_array();
    EXPECT_EQ(second.at(0).as_string(), mount_tag(1));
    EXPECT_EQ(second.at(1).as_string(), "/home/ann/src");
    EXPECT_EQ(second.at(2).as_string(), "9p");
    const auto& commands = config.at("runcmd").as_array();
    EXPECT_NE(json::print(commands).find("\"!\",\"-path\",\"/home/ann/src\""), std::string::npos);
    EXPECT_EQ(json::print(commands).find("/data"), std::string::npos);
}

TEST(Seed, JoinsWhatTheUserGives) {
    auto seed = make_seed();
    seed.more = "#!/bin/sh\necho vireo-part\n";
    auto text = user_data(seed);
    EXPECT_TRUE(text.starts_with("Content-Type: multipart/mixed; boundary=\"vireo-part-x\"\n")) << text;
    EXPECT_NE(text.find("Content-Type: text/x-shellscript"), text.npos);
    EXPECT_NE(text.find("list(append)"), text.npos);
    EXPECT_TRUE(text.ends_with("\n--vireo-part-x--\n")) << text;
}

TEST(Seed, RefusesWhatCloudInitDoesNotKnow) {
    auto seed = make_seed();
    seed.more = "packages: [a]\n";
    EXPECT_THROW(user_data(seed), Error);
}

std::string wide_name(std::string_view name) {
    std::string wide;
    for (char letter : name) wide += std::string{'\0', letter};
    return wide;
}

TEST(SeedImage, IsAnIsoFileSystemWithTheLabelAndBothKindsOfNames) {
    auto image = seed_image(make_seed());
    ASSERT_EQ(image.size() % 2048, 0U);
    EXPECT_EQ(image.substr(16 * 2048, 6), std::string_view("\1CD001"));
    EXPECT_EQ(image.substr(16 * 2048 + 40, 7), "cidata ");
    EXPECT_EQ(image.substr(17 * 2048, 6), std::string_view("\2CD001"));
    EXPECT_EQ(image.substr(18 * 2048, 6), std::string_view("\xff"
                                                           "CD001"));
    EXPECT_NE(image.find("USER-DATA.;1"), image.npos);
    EXPECT_NE(image.find(wide_name("user-data")), image.npos);
    EXPECT_EQ(image.find(meta_data(make_seed())), 25U * 2048);
    EXPECT_EQ(image.find(user_data(make_seed())), 26U * 2048);
}

TEST(IsoImage, PutsLargeFilesIntoAsManySectorsAsTheyNeed) {
    std::string large(5000, 'x');
    auto image = make_iso("label", {{"b", "small"}, {"a", large}, {"c", ""}});
    EXPECT_EQ(image.size(), (25U + 3 + 1) * 2048);
    EXPECT_EQ(image.find(large), 25U * 2048);
    EXPECT_EQ(image.find("small"), 28U * 2048);
}

} // namespace vireo::launch
