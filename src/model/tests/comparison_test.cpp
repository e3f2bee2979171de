// SPDX-License-Identifier: Apache-2.0
#include "model/domain/comparison.hpp"

#include "model/domain/xml.hpp"

#include <gtest/gtest.h>

namespace vireo::model::domain {
namespace {

/// A definition with what is to be compared in it.
Domain with(std::string_view devices, std::string_view parts = "<memory>65536</memory>") {
    return parse(fmt::format("<domain type='qemu'><name>g</name>"
                             "<uuid>11111111-2222-3333-4444-555555555555</uuid>{}"
                             "<os><type arch='x86_64' machine='q35'>hvm</type></os>"
                             "<devices>{}</devices></domain>",
                             parts, devices));
}

constexpr std::string_view disk =
    "<disk type='file' device='disk'><driver name='qemu' type='raw' cache='none'/><source file='/a'/>"
    "<target dev='vda' bus='virtio'/></disk>";

struct Change {
    std::string_view before, after;
    std::string_view path; ///< the one that the guest sees; empty: there is none
    std::string_view old_value = "", new_value = "";
};

class DeviceAbi : public testing::TestWithParam<Change> {};
TEST_P(DeviceAbi, TheFirstPartThatTheGuestSeesIsTold) {
    const auto& change = GetParam();
    auto difference = abi_difference(with(change.before), with(change.after));
    ASSERT_EQ(difference.has_value(), !change.path.empty()) << (difference ? difference->path : "");
    if (!difference) return;
    EXPECT_EQ(difference->path, change.path);
    EXPECT_EQ(difference->before, change.old_value);
    EXPECT_EQ(difference->after, change.new_value);
}
INSTANTIATE_TEST_SUITE_P(
    Devices, DeviceAbi,
    testing::Values(
        Change{disk, disk, ""},
        Change{disk,
               "<disk type='block' device='disk'><driver name='qemu' type='qcow2' cache='writeback'/>"
               "<source dev='/dev/b'/><target dev='vda' bus='virtio'/></disk>",
               ""},
        Change{disk,
               "<disk type='file' device='disk'><driver name='qemu' type='raw' cache='none' queues='4'/>"
               "<source file='/a'/><target dev='vda' bus='virtio'/></disk>",
               "domain.devices.disk.driver.queues", "none", "4"},
        Change{disk,
               "<disk type='file' device='disk'><source file='/a'/><target dev='vda' bus='virtio'/>"
               "<serial>1</serial></disk>",
               "domain.devices.disk.serial", "none", "present"},
        Change{disk, "", "domain.devices.disk", "present", "none"},
        Change{"<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='a'/></interface>"
               "<interface type='user'><mac address='52:54:00:00:00:02'/></interface>",
               "<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='b'/>"
               "<bandwidth><inbound average='9'/></bandwidth></interface>"
               "<interface type='user'><mac address='52:54:00:00:00:03'/></interface>",
               "domain.devices.interface[2].mac.address", "52:54:00:00:00:02", "52:54:00:00:00:03"},
        Change{"<serial type='pty'/>", "<serial type='file'><source path='/l'/></serial>", ""},
        Change{"<graphics type='vnc' port='5901' passwd='a'/>", "", ""}));

TEST(Abi, AHostsAffairsAreNoneOfIt) {
    auto before = with("", "<title>a</title><memory>65536</memory>");
    auto after = with("", "<memory>65536</memory><currentMemory>32768</currentMemory>"
                          "<cputune><shares>9</shares></cputune><on_crash>preserve</on_crash>");
    EXPECT_EQ(abi_difference(before, after), std::nullopt);
    EXPECT_EQ(differences(before, after).size(), 4U);
}

TEST(Abi, TheMachineIsAllOfIt) {
    auto before = with("");
    auto other = before;
    other.os.machine = "pc";
    EXPECT_EQ(
        abi_difference(before, other),
        (Difference{"domain.os.type.machine", "q35", "pc", {.guest_sees = true, .changes_live = false}}));
    other = before;
    other.vcpus.maximum = 2;
    EXPECT_EQ(abi_difference(before, other).value().path, "domain.vcpu");
    other = before;
    other.features.emplace().acpi = true;
    EXPECT_EQ(abi_difference(before, other).value().path, "domain.features");
    other = before;
    other.name = "other";
    EXPECT_EQ(abi_difference(before, other).value().after, "other");
}

TEST(Differences, TellWhatARunningGuestCanBeGiven) {
    auto before = with(disk), after = with(disk);
    before.title = "old";
    after.title = "new";
    after.devices.disks.front().source = "/b";
    after.devices.disks.front().driver->cache = DiskCache::Writeback;
    after.vcpus.current = 1;
    after.vcpus.maximum = 3;
    std::vector<std::pair<std::string, bool>> found;
    for (const auto& difference : differences(before, after))
        found.emplace_back(difference.path, difference.effect.changes_live);
    EXPECT_EQ(found, (std::vector<std::pair<std::string, bool>>{{"domain.title", true},
                                                                {"domain.vcpu.current", true},
                                                                {"domain.vcpu", true},
                                                                {"domain.devices.disk.driver.cache", false},
                                                                {"domain.devices.disk.source.file", true}}));
}

TEST(Effects, OfPathsAndWhatIsBelowThem) {
    EXPECT_EQ(effect_of("domain.os.type.machine"), (Effect{true, false}));
    EXPECT_EQ(effect_of("domain.metadata"), (Effect{false, true}));
    EXPECT_EQ(effect_of("domain.devices.rng.driver.packed"), (Effect{true, false}));
    EXPECT_EQ(effect_of("domain.devices.rng.driver"), (Effect{false, false}));
    EXPECT_EQ(effect_of("domain.devices.disk.source.host.name"), (Effect{false, true}));
    EXPECT_EQ(effect_of("domain.devices.hub.alias.name"), (Effect{false, false}));
}

} // namespace
} // namespace vireo::model::domain
