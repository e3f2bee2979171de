// SPDX-License-Identifier: Apache-2.0
#include "qemu/statistics/blocks.hpp"

#include "json/json.hpp"

#include <gtest/gtest.h>

namespace vireo::qemu {

TEST(BlockDevices, JoinWhatThreeAnswersTell) {
    auto statistics =
        json::parse(R"([{"device": "", "qdev": "/machine/peripheral/virtio-disk0/virtio-backend",
        "node-name": "libvirt-1-format", "stats": {"rd_bytes": 1024, "rd_operations": 2, "rd_total_time_ns": 3,
        "wr_bytes": 4, "wr_operations": 5, "wr_total_time_ns": 6, "flush_operations": 7, "flush_total_time_ns": 8},
        "parent": {"node-name": "libvirt-1-storage", "stats": {"wr_highest_offset": 4096}}}])");
    auto devices = json::parse(R"([{"device": "", "qdev": "/machine/peripheral/virtio-disk0/virtio-backend",
        "io-status": "nospace", "inserted": {"image": {"virtual-size": 1048576, "actual-size": 8192}}},
        {"device": "", "qdev": "sata0-0-1"}])");
    auto nodes = json::parse(R"([{"node-name": "libvirt-1-storage", "image": {"virtual-size": 65536}}])");
    auto known = join_block_answers(*statistics, *devices, *nodes);
    const auto& disk = known["virtio-disk0"];
    EXPECT_EQ(disk.read_bytes, 1024U);
    EXPECT_EQ(disk.flush_time, 8U);
    EXPECT_EQ(disk.allocation, 4096U);
    EXPECT_EQ(disk.capacity, 1048576U);
    EXPECT_EQ(disk.occupied, 8192U);
    EXPECT_EQ(disk.physical, 65536U);
    EXPECT_EQ(disk.io_status, "nospace");
    EXPECT_TRUE(known.contains("sata0-0-1"));
    EXPECT_FALSE(known["sata0-0-1"].capacity);
}

TEST(BlockDevices, TakeNothingForGranted) {
    auto odd = json::parse(
        R"([7, {}, {"qdev": "a", "stats": 3, "inserted": [], "parent": {"stats": {"wr_highest_offset": -1}}}])");
    auto known = join_block_answers(*odd, *odd, json::value{});
    EXPECT_FALSE(known["a"].allocation);
    EXPECT_FALSE(known["a"].read_bytes);
}

} // namespace vireo::qemu
