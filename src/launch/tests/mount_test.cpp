// SPDX-License-Identifier: Apache-2.0
#include "launch/mount.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace vireo::launch {

TEST(Mount, IsADirectoryOfTheHostAndAPlaceInTheGuest) {
    EXPECT_EQ(parse_mount("/usr/bin/..:/srv/src/"), (Mount{"/usr", "/srv/src"}));
    auto colons = std::filesystem::temp_directory_path() / "vireo mount:a";
    std::filesystem::create_directory(colons);
    EXPECT_EQ(parse_mount(colons.string() + ":/b"), (Mount{std::filesystem::canonical(colons), "/b"}));
    std::filesystem::remove(colons);
}

TEST(Mount, OfAnotherFormIsRefused) {
    for (const auto* text :
         {"", "/usr", ":/usr", "/usr:", "/usr:relative", "/usr:/", "/usr:/a/..", "/usr:/a b", "/usr:/a,b",
          "/usr:/a\"b", "/usr:/a\nb", "/not/there:/a", "/etc/passwd:/a"})
        EXPECT_THROW(parse_mount(text), Error) << text;
}

TEST(MountReport, TellsWhereThe9pFileSystemsAre) {
    auto report = parse_mount_report("6.1.0-49-amd64\nnodev\tsysfs\n\text4\nnodev\t9p\n"
                                     "/dev/vda1 / ext4 rw 0 0\nvireo0 /work 9p rw,trans=virtio 0 0\n");
    EXPECT_EQ(report.kernel, "6.1.0-49-amd64");
    EXPECT_TRUE(report.knows_9p);
    EXPECT_TRUE(report.has({"/usr", "/work"}));
    EXPECT_FALSE(report.has({"/usr", "/"}));
}

TEST(MountReport, OfAKernelWithoutSaysSo) {
    auto report = parse_mount_report("6.1.0-49-cloud-amd64\nnodev\tsysfs\n\text4\n/dev/vda1 / ext4 rw 0 0\n");
    EXPECT_FALSE(report.knows_9p);
    EXPECT_TRUE(report.mounted.empty());
}

} // namespace vireo::launch
