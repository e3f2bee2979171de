// SPDX-License-Identifier: Apache-2.0
#include "qemu/uefi.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace vireo::qemu {
namespace {
using namespace model::domain;

Firmware firmware(std::string name, std::vector<std::string> features) {
    Firmware made;
    made.interfaces = {FirmwareInterface::Uefi};
    made.code = {"/fw/" + name + "_CODE.fd", "raw"};
    made.nvram_template = FirmwareFile{"/fw/" + name + "_VARS.fd", "raw"};
    made.targets = {{"x86_64", {"pc-q35-*"}}};
    made.features = std::move(features);
    return made;
}

Domain domain(std::string machine = "pc-q35-7.2") {
    Domain made;
    made.name = "web";
    made.os.arch = "x86_64";
    made.os.machine = std::move(machine);
    made.os.firmware = FirmwareKind::Efi;
    return made;
}

const std::vector<Firmware> installed{firmware("secure", {"secure-boot", "enrolled-keys", "requires-smm"}),
                                      firmware("plain", {"acpi-s3"})};

TEST(ChooseFirmware, TakesTheStrongestThatSuits) {
    auto chosen = domain();
    choose_firmware(chosen, installed, "/nvram");
    EXPECT_EQ(chosen.os.loader->path, "/fw/secure_CODE.fd");
    EXPECT_EQ(chosen.os.loader->secure, Answer::Yes);
    EXPECT_EQ(chosen.features->smm->state, Switch::On); // it needs it
    EXPECT_EQ(chosen.os.nvram->path, "/nvram/web_VARS.fd");
    EXPECT_EQ(chosen.os.nvram->template_path, "/fw/secure_VARS.fd");
}

TEST(ChooseFirmware, HeedsTheFeaturesAskedFor) {
    auto chosen = domain();
    chosen.os.firmware_features.push_back({"secure-boot", Answer::No});
    choose_firmware(chosen, installed, "/nvram");
    EXPECT_EQ(chosen.os.loader->path, "/fw/plain_CODE.fd");
}

TEST(ChooseFirmware, FindsABiosWhenThatIsAskedFor) {
    auto asked = domain();
    asked.os.firmware = FirmwareKind::Bios;
    EXPECT_THROW(choose_firmware(asked, installed, "/nvram"), Error);
    auto bios = firmware("sea", {});
    bios.interfaces = {FirmwareInterface::Bios};
    bios.device = FirmwareDevice::Memory;
    bios.code.path = "/fw/bios.bin";
    choose_firmware(asked, {installed[0], bios}, "/nvram");
    EXPECT_EQ(asked.os.loader->path, "/fw/bios.bin");
    EXPECT_EQ(asked.os.loader->type, LoaderType::Rom);
    EXPECT_FALSE(asked.os.nvram);
}

TEST(ChooseFirmware, SaysWhenNoneSuits) {
    auto asked = domain("pc-i440fx-7.2");
    EXPECT_THROW(choose_firmware(asked, installed, "/nvram"), Error);
}

std::string content_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

TEST(PrepareNvram, CopiesTheTemplateOnceAndAgainOnRequest) {
    std::string pattern = (std::filesystem::temp_directory_path() / "vireo-nvram-XXXXXX").native();
    std::filesystem::path directory = ::mkdtemp(pattern.data());
    std::ofstream{directory / "template"} << "factory";
    auto guest = domain();
    guest.os.nvram.emplace();
    guest.os.nvram->path = (directory / "deep" / "web_VARS.fd").native();
    EXPECT_THROW(prepare_nvram(guest, false), Error); // nobody says from what
    guest.os.nvram->template_path = (directory / "template").native();
    prepare_nvram(guest, false);
    EXPECT_EQ(content_of(guest.os.nvram->path), "factory");
    std::ofstream{guest.os.nvram->path} << "changed";
    prepare_nvram(guest, false);
    EXPECT_EQ(content_of(guest.os.nvram->path), "changed");
    prepare_nvram(guest, true);
    EXPECT_EQ(content_of(guest.os.nvram->path), "factory");
    std::filesystem::remove_all(directory);
}
} // namespace
} // namespace vireo::qemu
