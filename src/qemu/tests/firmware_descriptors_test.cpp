// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/firmware.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace vireo::qemu {
namespace {

constexpr std::string_view split_uefi = R"({
  "description": "UEFI with Secure Boot", "interface-types": ["uefi"],
  "mapping": {"device": "flash", "mode": "split",
              "executable": {"filename": "/fw/code.fd", "format": "raw"},
              "nvram-template": {"filename": "/fw/vars.fd", "format": "qcow2"}},
  "targets": [{"architecture": "x86_64", "machines": ["pc-q35-*"]},
              {"architecture": "i386", "machines": ["pc-*"]}],
  "features": ["secure-boot", "requires-smm"], "tags": []})";

TEST(ParseFirmware, ReadsFlashWithVariables) {
    auto firmware = parse_firmware(split_uefi);
    ASSERT_TRUE(firmware) << firmware.error();
    EXPECT_TRUE(firmware->offers(FirmwareInterface::Uefi));
    EXPECT_FALSE(firmware->offers(FirmwareInterface::Bios));
    EXPECT_EQ(firmware->code.path, "/fw/code.fd");
    ASSERT_TRUE(firmware->nvram_template);
    EXPECT_EQ(firmware->nvram_template->format, "qcow2");
    EXPECT_TRUE(firmware->has_feature("requires-smm"));
    EXPECT_FALSE(firmware->has_feature("enrolled-keys"));
}

TEST(ParseFirmware, KnowsWhichMachinesItBoots) {
    auto firmware = parse_firmware(split_uefi);
    ASSERT_TRUE(firmware);
    EXPECT_TRUE(firmware->boots("x86_64", "pc-q35-7.2"));
    EXPECT_FALSE(firmware->boots("x86_64", "pc-i440fx-7.2"));
    EXPECT_TRUE(firmware->boots("i686", "pc-i440fx-7.2")); // QEMU calls it i386
    EXPECT_FALSE(firmware->boots("aarch64", "pc-q35-7.2"));
}

TEST(ParseFirmware, ReadsWhatIsNoFlash) {
    auto firmware = parse_firmware(R"({"interface-types": ["bios"], "targets": [], "features": [],
        "mapping": {"device": "memory", "filename": "/fw/bios.bin"}})");
    ASSERT_TRUE(firmware) << firmware.error();
    EXPECT_EQ(firmware->device, FirmwareDevice::Memory);
    EXPECT_EQ(firmware->code.path, "/fw/bios.bin");
    EXPECT_FALSE(firmware->nvram_template);
}

TEST(ParseFirmware, CodeWithoutStateNeedsNoVariables) {
    auto firmware = parse_firmware(R"({"interface-types": ["uefi"], "targets": [], "features": [],
        "mapping": {"device": "flash", "mode": "stateless",
                    "executable": {"filename": "/fw/code.fd", "format": "raw"}}})");
    ASSERT_TRUE(firmware) << firmware.error();
    EXPECT_EQ(firmware->mode, FlashMode::Stateless);
}

TEST(ParseFirmware, SaysWhatIsWrong) {
    struct Case {
        std::string_view text, reason;
    };
    for (const auto& [text, reason] : {
             Case{"{", "incomplete"},
             Case{"[]", "no JSON object"},
             Case{R"({"interface-types": ["tape"]})", "'tape'"},
             Case{R"({"interface-types": [1]})", "no text"},
             Case{R"({"interface-types": ["uefi"], "mapping": {"device": "flash"}})", "'executable'"},
             Case{R"({"interface-types": ["bios"], "mapping": {"device": "memory", "filename": "/a"}})",
                  "'targets'"},
         }) {
        auto firmware = parse_firmware(text);
        ASSERT_FALSE(firmware) << text;
        EXPECT_NE(firmware.error().find(reason), std::string::npos) << firmware.error();
    }
}

/// Two folders of descriptors: the administrator's comes first.
class ReadFirmwares : public testing::Test {
protected:
    ReadFirmwares() {
        std::string pattern = testing::TempDir() + "firmware-XXXXXX";
        root_ = ::mkdtemp(pattern.data());
        for (const auto& folder : folders()) std::filesystem::create_directories(folder);
    }
    ~ReadFirmwares() override { std::filesystem::remove_all(root_); }

    std::vector<std::filesystem::path> folders() const { return {root_ / "etc", root_ / "share"}; }
    void put(const char* path, std::string_view text) { std::ofstream{root_ / path} << text; }
    std::vector<std::string> found() const {
        std::vector<std::string> names;
        for (const auto& firmware : read_firmwares(folders()))
            names.push_back(std::filesystem::relative(firmware.descriptor, root_));
        return names;
    }

private:
    std::filesystem::path root_;
};

TEST_F(ReadFirmwares, ComeInTheOrderOfTheirNames) {
    put("share/20-b.json", split_uefi);
    put("share/10-c.json", split_uefi);
    put("etc/15-a.json", split_uefi);
    EXPECT_EQ(found(), (std::vector<std::string>{"share/10-c.json", "etc/15-a.json", "share/20-b.json"}));
}

TEST_F(ReadFirmwares, TheAdministratorReplacesAndHides) {
    put("share/10-a.json", split_uefi);
    put("etc/10-a.json", split_uefi);
    put("share/20-b.json", split_uefi);
    put("etc/20-b.json", "");
    EXPECT_EQ(found(), std::vector<std::string>{"etc/10-a.json"});
}

TEST_F(ReadFirmwares, LeaveOutWhatCannotBeRead) {
    put("share/10-a.json", "no JSON");
    put("share/20-b.json", split_uefi);
    put("share/README", "no descriptor");
    EXPECT_EQ(found(), std::vector<std::string>{"share/20-b.json"});
}

} // namespace
} // namespace vireo::qemu
