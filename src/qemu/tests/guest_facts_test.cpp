// SPDX-License-Identifier: Apache-2.0
// What a guest's agent says, and what is made of it.
#include "qemu/guest/guest_facts.hpp"

#include "base/error.hpp"
#include "qemu/agent/answers.hpp"
#include "qemu/guest/disk_places.hpp"
#include "json/json.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace vireo::qemu {

namespace {
using namespace model::domain;

/// A virtio disk that is a PCI device, and two of SCSI below a controller that is one.
Domain guest_with_disks() {
    Domain live;
    PciAddress at;
    at.bus = 4;
    Disk vda;
    vda.target = "vda";
    vda.bus = DiskBus::Virtio;
    vda.info.address = at;
    Controller scsi;
    scsi.type = ControllerType::Scsi;
    scsi.index = 0;
    at.bus = 5;
    scsi.info.address = at;
    live.devices.controllers = {scsi};
    live.devices.disks = {vda};
    for (std::uint32_t unit : {0U, 1U}) {
        Disk disk;
        disk.target = fmt::format("sd{}", unit == 0 ? 'a' : 'b');
        disk.bus = DiskBus::Scsi;
        disk.info.address = DriveAddress{.unit = unit};
        live.devices.disks.push_back(disk);
    }
    return live;
}

std::string address(int bus, int unit = 0) {
    return fmt::format(
        R"({{"bus-type": "scsi", "bus": 0, "target": 0, "unit": {}, "dev": "/dev/x", "pci-controller": )"
        R"({{"domain": 0, "bus": {}, "slot": 0, "function": 0}}}})",
        unit, bus);
}

std::string disk_at(const std::string& text) {
    auto live = guest_with_disks();
    auto place = json::parse(text);
    const auto* disk = find_disk_at(live, place->as_object());
    return disk != nullptr ? disk->target : "";
}

std::string facts_of(std::string_view command, std::string_view answer) {
    GuestFacts facts;
    add_facts(facts, command, *json::parse(answer), guest_with_disks());
    std::string text;
    for (const auto& [field, value] : facts) {
        auto show = [](const auto& held) {
            if constexpr (requires { held.value; })
                return fmt::format("{}", held.value == 1 ? "yes" : "no");
            else
                return fmt::format("{}", held);
        };
        text += fmt::format("{}={};", field, std::visit(show, value));
    }
    return text;
}
} // namespace

TEST(AgentText, IsCutBetweenCharactersAndWithoutControls) {
    EXPECT_EQ(clean("a\nb\x7f"), "ab");
    auto text = std::string(1023, 'x') + "\xc3\xa4";
    EXPECT_EQ(clean(text), std::string(1023, 'x'));
    EXPECT_EQ(clean(std::string(1022, 'x') + "\xc3\xa4"), std::string(1022, 'x') + "\xc3\xa4");
    EXPECT_EQ(clean(std::string(2000, '\xbf')), "");
}

TEST(DiskPlace, IsFoundByTheAddressThatTheGuestSees) {
    EXPECT_EQ(disk_at(address(4)), "vda");
    EXPECT_EQ(disk_at(address(5)), "sda");
    EXPECT_EQ(disk_at(address(5, 1)), "sdb");
    EXPECT_EQ(disk_at(address(5, 2)), "");
    EXPECT_EQ(disk_at(address(6)), "");
    EXPECT_EQ(disk_at(address(-1)), ""); // what the agent says when it does not know
    EXPECT_EQ(disk_at("{}"), "");
}

TEST(GuestFacts, HaveLibvirtsNames) {
    EXPECT_EQ(facts_of("guest-get-host-name", R"({"host-name": "web"})"), "hostname=web;");
    EXPECT_EQ(facts_of("guest-get-timezone", R"({"zone": "CET", "offset": 3600})"),
              "timezone.name=CET;timezone.offset=3600;");
    EXPECT_EQ(facts_of("guest-get-osinfo", R"({"kernel-release": "6", "id": "debian"})"),
              "os.id=debian;os.kernel-release=6;");
    EXPECT_EQ(facts_of("guest-get-users", R"([{"user": "joe", "login-time": 12.3456}])"),
              "user.count=1;user.0.name=joe;user.0.login-time=12346;");
    EXPECT_EQ(
        facts_of("guest-get-fsinfo", R"([{"name": "sda1", "mountpoint": "/b", "type": "ext4", "disk": [)" +
                                         address(5) +
                                         R"(]}, {"name": "vda", "mountpoint": "/", "type": "xfs", )"
                                         R"("used-bytes": 1, "total-bytes": 2, "disk": []}])"),
        "fs.count=2;fs.0.name=vda;fs.0.mountpoint=/;fs.0.fstype=xfs;fs.0.total-bytes=2;fs.0.used-bytes=1;"
        "fs.0.disk.count=0;fs.1.name=sda1;fs.1.mountpoint=/b;fs.1.fstype=ext4;fs.1.disk.count=1;"
        "fs.1.disk.0.alias=sda;fs.1.disk.0.device=/dev/x;");
    EXPECT_EQ(facts_of("guest-get-disks",
                       R"([{"name": "/dev/sda1", "partition": true, "dependencies": ["/dev/sda"], )"
                       R"("address": )" +
                           address(5) + "}]"),
              "disk.count=1;disk.0.name=/dev/sda1;disk.0.partition=yes;disk.0.dependency.count=1;"
              "disk.0.dependency.0.name=/dev/sda;disk.0.alias=sda;disk.0.guest_bus=scsi;");
}

TEST(GuestFacts, DoNotComeOfNonsense) {
    for (auto [command, answer] : {std::pair{"guest-get-users", "{}"},
                                   {"guest-get-users", R"([{"user": "joe"}])"},
                                   {"guest-get-users", R"([{"user": "joe", "login-time": -1}])"},
                                   {"guest-get-users", "[7]"},
                                   {"guest-get-osinfo", "[]"},
                                   {"guest-get-timezone", "{}"},
                                   {"guest-get-timezone", R"({"offset": 99999999})"},
                                   {"guest-get-host-name", "3"},
                                   {"guest-get-fsinfo", R"([{"disk": ["x"]}])"},
                                   {"guest-get-disks", R"([{"dependencies": [1]}])"}})
        try {
            facts_of(command, answer);
            FAIL() << command << " " << answer;
        } catch (const Error& error) { EXPECT_EQ(error.code, ErrorCode::AgentUnresponsive); }
}

} // namespace vireo::qemu
