// SPDX-License-Identifier: Apache-2.0
#include "qemu/disk_nodes.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {

using namespace std::chrono_literals;

TEST(DiskNodes, AreNumberedFromTheLastDiskUnlessTheyAreNamed) {
    model::domain::Domain live;
    for (const auto* alias : {"virtio-disk0", "virtio-disk1"}) {
        auto& disk = live.devices.disks.emplace_back();
        disk.info.alias = alias;
        disk.source = std::string{"/images/"} + alias;
    }
    DiskNodes by_place{live};
    ASSERT_NE(by_place.find("libvirt-2-format"), nullptr);
    EXPECT_EQ(by_place.find("libvirt-2-format")->alias, "virtio-disk0");
    EXPECT_EQ(by_place.find("libvirt-1-storage")->source, "/images/virtio-disk1");
    live.devices.disks[0].source_index = 7;
    EXPECT_EQ(DiskNodes{live}.find("libvirt-7-format")->alias, "virtio-disk0");
    for (const auto* stranger : {"", "libvirt-", "libvirt-0-format", "libvirt-3-format", "mine"})
        EXPECT_EQ(by_place.find(stranger), nullptr) << stranger;
}

TEST(FaultGate, LetsOneOfAKindThroughInASecond) {
    FaultGate gate;
    FaultGate::Clock::time_point now{};
    EXPECT_TRUE(gate.passes("virtio-disk0", 2, now));
    EXPECT_FALSE(gate.passes("virtio-disk0", 2, now + 999ms));
    EXPECT_TRUE(gate.passes("virtio-disk0", 0, now + 999ms));
    EXPECT_TRUE(gate.passes("virtio-disk1", 2, now + 999ms));
    EXPECT_TRUE(gate.passes("virtio-disk0", 2, now + 1s));
    EXPECT_FALSE(gate.passes("virtio-disk0", 2, now + 1'999ms));
}

} // namespace vireo::qemu
