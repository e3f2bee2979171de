// SPDX-License-Identifier: Apache-2.0
#include "launch/image.hpp"

#include "base/enum_names.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <stdlib.h>

namespace vireo::launch {

/// A header of `size` bytes with these pieces in it.
std::string header(std::size_t size, std::initializer_list<std::pair<std::size_t, std::string_view>> pieces) {
    std::string bytes(size, '\0');
    for (auto [offset, piece] : pieces) bytes.replace(offset, piece.size(), piece);
    return bytes;
}
template <std::size_t N> std::string_view raw(const char (&bytes)[N]) { return {bytes, N - 1}; }

constexpr std::string_view qcow2 = "QFI\xfb";
const auto good_qcow2 = header(512, {{0, qcow2}, {4, raw("\0\0\0\3")}, {24, raw("\0\0\0\1\0\0\0\0")}});
const auto good_vmdk =
    header(4096, {{0, "KDMV"}, {12, raw("\0\1")}, {28, "\1"}, {36, "\2"}, {512, "parentCID=ffffffff"}});
const auto good_vdi = header(512, {{0x40, "\x7f\x10\xda\xbe"}, {0x4c, "\1"}, {0x170, raw("\0\0\1")}});
const auto good_raw = header(1024, {{510, "\x55\xaa"}});

struct Good {
    std::string head;
    ImageFormat format;
    std::uint64_t virtual_size;
};
class GoodImages : public testing::TestWithParam<Good> {};
TEST_P(GoodImages, AreKnownByTheirHeader) {
    auto facts = facts_of(GetParam().head, MemorySize::bytes(1024));
    ASSERT_TRUE(facts) << facts.error();
    EXPECT_EQ(name_of(facts->format), name_of(GetParam().format));
    EXPECT_EQ(facts->virtual_size.in_bytes(), GetParam().virtual_size);
}
INSTANTIATE_TEST_SUITE_P(Formats, GoodImages,
                         testing::Values(Good{good_qcow2, ImageFormat::Qcow2, 1ULL << 32},
                                         Good{good_vmdk, ImageFormat::Vmdk, 256 * 512},
                                         Good{good_vdi, ImageFormat::Vdi, 65536},
                                         Good{good_raw, ImageFormat::Raw, 1024}));

struct Bad {
    std::string head;
    std::string_view says;
};
class BadImages : public testing::TestWithParam<Bad> {};
TEST_P(BadImages, AreRefusedWithTheReason) {
    auto facts = facts_of(GetParam().head, MemorySize::bytes(GetParam().head.size()));
    ASSERT_FALSE(facts);
    EXPECT_NE(facts.error().find(GetParam().says), std::string::npos) << facts.error();
}
std::string with(std::string image, std::size_t offset, std::string_view piece) {
    return image.replace(offset, piece.size(), piece);
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, BadImages,
    testing::Values(
        Bad{with(good_qcow2, 15, "\1"), "backing file"}, Bad{with(good_qcow2, 79, "\4"), "another file"},
        Bad{with(good_qcow2, 35, "\1"), "encrypted"}, Bad{with(good_qcow2, 7, "\1"), "version 1"},
        Bad{good_qcow2.substr(0, 80), "cut off"}, Bad{with(good_vmdk, 28, raw("\0\7")), "one extent"},
        Bad{with(good_vmdk, 512, "parentFileNameHint=\"/etc/shadow\""), "its parent"},
        Bad{with(good_vmdk, 30, "\xff"), "no usual place"}, Bad{with(good_vdi, 0x4c, "\4"), "needs another"},
        Bad{"\x1f\x8b", "gunzip"}, Bad{"# Disk DescriptorFile\n", "other files"}, Bad{"conectix", "VHD"},
        Bad{"<html>", "no disk image"}, Bad{"", "no disk image"},
        Bad{with(good_raw, 510, raw("\0\0")), "without a boot sector"}));

class ProbeImage : public testing::Test {
protected:
    ProbeImage() {
        char name[] = "/tmp/vireo-image-XXXXXX";
        place = ::mkdtemp(name);
    }
    ~ProbeImage() override { std::filesystem::remove_all(place); }
    std::filesystem::path place;
};

TEST_F(ProbeImage, ReadsTheFileAndTellsItsWholePath) {
    std::ofstream{place / "disk"} << good_raw;
    std::filesystem::create_symlink(place / "disk", place / "link");
    auto image = probe_image(place / "link");
    EXPECT_EQ(image.path, std::filesystem::canonical(place / "disk"));
    EXPECT_EQ(image.facts.virtual_size.in_bytes(), good_raw.size());
}

TEST_F(ProbeImage, TellsWhichFileCannotBeReadOrLaunched) {
    std::ofstream{place / "text"} << "hello";
    for (const auto& path : {place / "none", place, place / "text"}) {
        try {
            probe_image(path);
            ADD_FAILURE() << path;
        } catch (const Error& failure) {
            EXPECT_NE(std::string_view{failure.what()}.find(path.string()), std::string_view::npos)
                << failure.what();
        }
    }
}

} // namespace vireo::launch
