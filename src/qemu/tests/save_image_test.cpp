// SPDX-License-Identifier: Apache-2.0
#include "qemu/saving/save_image.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <fstream>

namespace vireo::qemu {

class SaveImage : public testing::Test {
protected:
    SaveImage() {
        char name[] = "/tmp/vireo-save-XXXXXX";
        Fd made{::mkstemp(name)};
        path = name;
    }
    ~SaveImage() override { std::filesystem::remove(path); }

    void write(const std::string& bytes) const { std::ofstream{path, std::ios::binary} << bytes; }
    std::string content() const {
        std::ifstream file{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    std::string refusal() const {
        try {
            read_header(path);
        } catch (const Error& error) { return error.what(); }
        return {};
    }

    std::filesystem::path path;
    const SaveHeader header{false, Packing::Zstd, "<domain/>\n", "<cookie/>\n"};
};

TEST_F(SaveImage, WhatIsWrittenIsRead) {
    write(encode(header, true) + "state");
    Fd file{::open(path.c_str(), O_RDONLY)};
    auto saved = read_header(file.get(), path);
    EXPECT_FALSE(saved.header.running);
    EXPECT_EQ(saved.header.packing, Packing::Zstd);
    EXPECT_EQ(saved.header.xml, header.xml);
    EXPECT_EQ(saved.header.cookie, header.cookie);
    EXPECT_EQ(saved.state % header_block, 0U);
    char state[8]{};
    EXPECT_EQ(::read(file.get(), state, sizeof state), 5);
    EXPECT_STREQ(state, "state");
}

TEST_F(SaveImage, ItsNumbersAreWhereLibvirtHasThem) {
    auto bytes = encode(header, true);
    auto number = [&bytes](std::size_t at) {
        std::uint32_t value = 0;
        bytes.copy(reinterpret_cast<char*>(&value), sizeof value, at);
        return value;
    };
    EXPECT_EQ(bytes.substr(0, 16), "LibvirtQemudSave");
    EXPECT_EQ(number(16), 2U);                // version
    EXPECT_EQ(number(20), bytes.size() - 92); // all behind the header, padding too
    EXPECT_EQ(number(24), 0U);                // it does not run afterwards
    EXPECT_EQ(number(28), 5U);                // zstd
    EXPECT_EQ(number(32), header.xml.size() + 1);
    EXPECT_EQ(bytes.substr(92, header.xml.size() + 1), header.xml + '\0');
    EXPECT_EQ(bytes.substr(92 + header.xml.size() + 1, header.cookie.size()), header.cookie);
}

TEST_F(SaveImage, OneThatIsNotWholeIsRefusedUntilItIs) {
    write(encode(header, false));
    EXPECT_NE(refusal().find("did not come to its end"), std::string::npos) << refusal();
    Fd file{::open(path.c_str(), O_WRONLY)};
    mark_finished(file.get());
    EXPECT_EQ(refusal(), "");
}

TEST_F(SaveImage, DamageIsRefused) {
    auto whole = encode(header, true);
    auto with = [&whole](std::size_t at, std::uint32_t value) {
        auto bytes = whole;
        bytes.replace(at, sizeof value, reinterpret_cast<const char*>(&value), sizeof value);
        return bytes;
    };
    for (const auto& bytes :
         {std::string{}, whole.substr(0, 91), whole.substr(0, 100), "x" + whole, with(16, 3), with(16, 0),
          with(20, 0), with(20, 0xFFFFFFFF), with(28, 6), with(32, 0xFFFFFF)}) {
        write(bytes);
        EXPECT_NE(refusal(), "");
    }
}

TEST_F(SaveImage, AHostOfTheOtherByteOrderIsUnderstood) {
    auto bytes = encode(header, true);
    for (std::size_t at = 16; at < 36; at += 4) std::reverse(bytes.begin() + at, bytes.begin() + at + 4);
    write(bytes);
    auto saved = read_header(path);
    EXPECT_EQ(saved.header.xml, header.xml);
    EXPECT_THROW(replace_header(path, saved, header), Error);
}

TEST_F(SaveImage, ADescriptionIsReplacedInItsPlace) {
    write(encode(header, true) + "state");
    auto saved = read_header(path);
    auto changed = saved.header;
    changed.xml = "<domain>" + std::string(10'000, ' ') + "</domain>";
    changed.running = true;
    replace_header(path, saved, changed);
    auto now = read_header(path);
    EXPECT_EQ(now.header.xml, changed.xml);
    EXPECT_EQ(now.header.cookie, header.cookie);
    EXPECT_TRUE(now.header.running);
    EXPECT_TRUE(content().ends_with("state"));
    changed.xml = std::string(header_block, ' ');
    EXPECT_THROW(replace_header(path, now, changed), Error);
    EXPECT_EQ(read_header(path).header.xml, now.header.xml);
}

} // namespace vireo::qemu
