// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/domain_capabilities.hpp"

#include "fixture.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {
namespace {

/// What the emulator of the fixture offers, and one firmware for q35.
struct Host {
    Capabilities emulator = make_emulator();
    std::vector<Firmware> firmwares;
    bool kvm = false, vfio = false, tpm_emulator = false;

    Host() {
        emulator.objects = {"iothread", "memory-backend-memfd", "rng-random"};
        emulator.displays = {"default", "sdl", "vnc"};
        emulator.tpm_backends = {"passthrough", "emulator"};
        emulator.cpu_models = {{"max", false, {}, true, "AuthenticAMD", {"fpu", "lm", "ss"}},
                               {"kvm64", false, {}, true, "GenuineIntel", {"fpu", "lm"}},
                               {"EPYC", true, {"osvw"}, true, "AuthenticAMD", {"fpu", "lm", "osvw"}}};
        Firmware secure;
        secure.interfaces = {FirmwareInterface::Uefi};
        secure.code.path = "/dev/null"; // any file that is there
        secure.targets = {{"x86_64", {"pc-q35-*"}}};
        secure.features = {"requires-smm"};
        firmwares.push_back(secure);
        firmwares.push_back(secure);
        firmwares.back().code.path = "/nonexistent/code.fd";
    }
    std::string describe(std::string_view machine) const {
        GuestChoices guest{emulator, *emulator.find_machine(machine), kvm, vfio, tpm_emulator, firmwares};
        return format_domain_capabilities(guest);
    }
};

testing::AssertionResult has(const std::string& document, std::string_view part) {
    if (document.find(part) != std::string::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "no " << part << " in\n" << document;
}

TEST(DomainCapabilities, AreOfTheMachine) {
    Host host;
    auto q35 = host.describe("q35");
    EXPECT_TRUE(has(q35, "<machine>pc-q35-7.2</machine>"));
    EXPECT_TRUE(has(q35, "<vcpu max='288'/>"));
    EXPECT_TRUE(has(q35, "<value>efi</value>"));
    EXPECT_TRUE(has(q35, "<loader supported='yes'>\n      <value>/dev/null</value>\n      <enum"));
    EXPECT_TRUE(has(q35, "<enum name='secure'>\n        <value>yes</value>\n        <value>no</value>"));
    EXPECT_FALSE(has(q35, "<value>ide</value>"));
    auto pc = host.describe("pc");
    EXPECT_TRUE(has(pc, "<enum name='firmware'/>"));
    EXPECT_TRUE(has(pc, "<enum name='secure'>\n        <value>no</value>"));
    EXPECT_TRUE(has(pc, "<value>ide</value>"));
}

TEST(DomainCapabilities, TellCpusUnderTcg) {
    auto document = Host{}.describe("q35");
    EXPECT_TRUE(has(document, "<domain>qemu</domain>"));
    EXPECT_TRUE(has(document, "<mode name='host-passthrough' supported='no'/>"));
    EXPECT_TRUE(has(document, "<mode name='maximum' supported='yes'>"));
    EXPECT_TRUE(has(document, "<model fallback='forbid'>kvm64</model>\n      <vendor>AMD</vendor>\n"
                              "      <feature policy='require' name='ss'/>\n    </mode>"));
    EXPECT_TRUE(has(document, "<model usable='yes' vendor='unknown'>kvm64</model>"));
    EXPECT_TRUE(has(document, "<model usable='no' vendor='AMD' deprecated='yes'>EPYC</model>"));
    EXPECT_FALSE(has(document, ">max</model>"));
}

TEST(DomainCapabilities, KnowLessOfCpusUnderKvm) {
    Host host;
    host.kvm = true;
    auto document = host.describe("q35");
    EXPECT_TRUE(has(document, "<domain>kvm</domain>"));
    EXPECT_TRUE(has(document, "<mode name='host-passthrough' supported='yes'>"));
    EXPECT_TRUE(has(document, "<mode name='host-model' supported='no'/>"));
    EXPECT_TRUE(has(document, "<model usable='unknown' vendor='unknown'>kvm64</model>"));
}

TEST(DomainCapabilities, OfferDevicesThatTheEmulatorHas) {
    Host host;
    host.emulator.devices = {"VGA", "ich9-ahci", "ide-hd"};
    auto document = host.describe("q35");
    EXPECT_TRUE(
        has(document,
            "<enum name='type'>\n        <value>sdl</value>\n        <value>vnc</value>\n      </enum>"));
    EXPECT_TRUE(has(document, "<value>memfd</value>"));
    EXPECT_TRUE(has(document, "<enum name='backendModel'>\n        <value>random</value>\n      </enum>"));
    EXPECT_TRUE(has(document, "<value>sata</value>"));
    EXPECT_FALSE(has(document, "<value>usb</value>")) << "neither disks nor host devices nor redirection";
    EXPECT_TRUE(has(document, "<tpm supported='no'/>"));
    EXPECT_TRUE(has(document, "<redirdev supported='no'/>"));
    EXPECT_FALSE(has(document, "spicevmc"));
    EXPECT_TRUE(has(document, "<vmcoreinfo supported='no'/>"));
    host.emulator.devices = {"tpm-tis", "usb-host", "usb-redir", "usb-storage", "vmcoreinfo"};
    document = host.describe("q35");
    EXPECT_TRUE(has(document, "<redirdev supported='yes'>"));
    EXPECT_TRUE(has(document, "<vmcoreinfo supported='yes'/>"));
    EXPECT_TRUE(has(document, "<value>tpm-tis</value>"));
}

TEST(DomainCapabilities, DependOnTheHost) {
    Host host;
    host.emulator.devices = {"tpm-tis"};
    EXPECT_TRUE(has(host.describe("q35"), "<enum name='pciBackend'/>"));
    EXPECT_FALSE(has(host.describe("q35"), "<value>emulator</value>"));
    host.vfio = host.tpm_emulator = true;
    EXPECT_TRUE(has(host.describe("q35"), "<value>vfio</value>"));
    EXPECT_TRUE(has(host.describe("q35"), "<value>emulator</value>"));
}

TEST(DomainCapabilities, OfArmHaveAnInterruptController) {
    Host host;
    host.emulator.arch = "aarch64";
    host.emulator.machines = {{"virt-7.2", "virt", 512, false, false, "", ""},
                              {"raspi3b", "", 4, false, false, "", ""}};
    EXPECT_TRUE(has(host.describe("virt"), "<gic supported='yes'>"));
    EXPECT_TRUE(has(host.describe("raspi3b"), "<gic supported='no'/>"));
    EXPECT_FALSE(has(host.describe("virt"), "hyperv"));
}

} // namespace
} // namespace vireo::qemu
