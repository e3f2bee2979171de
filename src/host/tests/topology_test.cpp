// SPDX-License-Identifier: Apache-2.0
#include "host/topology.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

namespace vireo::host {

namespace fs = std::filesystem;

/// A host of our own making: its files below a folder.
class TopologyTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "vireo-topology-XXXXXX").native();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        root = name;
        write("proc/cpuinfo",
              "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Made up @ 2.6GHz\ncpu MHz\t\t: "
              "2596.138\n");
        write("proc/meminfo", "MemTotal:       16384 kB\nMemFree:        1024 kB\n");
    }
    void TearDown() override { fs::remove_all(root); }
    void write(const fs::path& path, const std::string& text) {
        fs::create_directories((root / path).parent_path());
        std::ofstream{root / path} << text;
    }
    void add_cpu(int id, int socket, int core, const std::string& siblings) {
        auto folder = fmt::format("sys/devices/system/cpu/cpu{}/topology/", id);
        write(folder + "physical_package_id", fmt::format("{}\n", socket));
        write(folder + "core_id", fmt::format("{}\n", core));
        write(folder + "thread_siblings_list", siblings + "\n");
    }
    fs::path root;
};

TEST_F(TopologyTest, KnowsItsNumaNodes) {
    EXPECT_EQ(read_numa_nodes(root), std::vector<std::uint32_t>{0});
    write("sys/devices/system/node/online", "0,2-3\n");
    EXPECT_EQ(read_numa_nodes(root), (std::vector<std::uint32_t>{0, 2, 3}));
}

TEST_F(TopologyTest, CountsSocketsCoresAndThreads) {
    write("sys/devices/system/cpu/online", "0-7\n");
    for (int id = 0; id < 8; ++id)
        add_cpu(id, id / 4, id % 4 / 2, fmt::format("{}-{}", id / 2 * 2, id / 2 * 2 + 1));
    auto topology = read_topology(root);
    EXPECT_EQ(topology.vendor, "GenuineIntel");
    EXPECT_EQ(topology.model_name, "Made up @ 2.6GHz");
    ASSERT_EQ(topology.cells.size(), 1U);
    EXPECT_EQ(topology.cells[0].processors.at(3).siblings, (std::vector<std::uint32_t>{2, 3}));
    auto info = node_info(topology);
    EXPECT_EQ(info.mhz, 2596U);
    EXPECT_EQ(info.memory, MemorySize::kib(16384));
    EXPECT_EQ(info.cpus, 8U);
    EXPECT_EQ(info.nodes, 1U);
    EXPECT_EQ(info.sockets, 2U);
    EXPECT_EQ(info.cores, 2U);
    EXPECT_EQ(info.threads, 2U);
}

TEST_F(TopologyTest, KnowsCells) {
    write("sys/devices/system/cpu/online", "0-3\n");
    write("sys/devices/system/node/online", "0-1\n");
    for (int id = 0; id < 4; ++id) add_cpu(id, id / 2, id % 2, std::to_string(id));
    for (int id = 0; id < 2; ++id) {
        auto folder = fmt::format("sys/devices/system/node/node{}/", id);
        write(folder + "meminfo", fmt::format("Node {} MemTotal:  8192 kB\n", id));
        write(folder + "cpulist", id == 0 ? "0-1\n" : "2-3\n");
        write(folder + "distance", id == 0 ? "10 21\n" : "21 10\n");
    }
    auto topology = read_topology(root);
    ASSERT_EQ(topology.cells.size(), 2U);
    EXPECT_EQ(topology.cells[1].memory, MemorySize::kib(8192));
    EXPECT_EQ(topology.cells[1].processors.at(0).id, 2U);
    EXPECT_EQ(topology.cells[1].distances, (std::vector<std::uint32_t>{21, 10}));
    auto info = node_info(topology);
    EXPECT_EQ(info.nodes, 2U);
    EXPECT_EQ(info.sockets, 1U);
    EXPECT_EQ(info.cores, 2U);
}

TEST_F(TopologyTest, AnIrregularHostIsOneSocket) {
    write("sys/devices/system/cpu/online", "0-1,3\n");
    add_cpu(0, 0, 0, "0-1");
    add_cpu(1, 0, 0, "0-1");
    add_cpu(3, 0, 1, "3");
    auto info = node_info(read_topology(root));
    EXPECT_EQ(info.cpus, 3U);
    EXPECT_EQ(info.sockets, 1U);
    EXPECT_EQ(info.cores, 3U);
    EXPECT_EQ(info.threads, 1U);
}

TEST_F(TopologyTest, SurvivesNonsense) {
    write("sys/devices/system/cpu/online", "x,5-,99999999999999999999,1-70000000\n");
    write("proc/meminfo", "MemTotal:\n");
    EXPECT_EQ(node_info(read_topology(root)).cpus, 0U);
    EXPECT_EQ(read_topology(root).memory, MemorySize::kib(0));
}

TEST(Topology, OfThisHostHasProcessors) {
    auto info = node_info(read_topology());
    EXPECT_GT(info.cpus, 0U);
    EXPECT_EQ(info.nodes * info.sockets * info.cores * info.threads, info.cpus);
    EXPECT_GT(info.memory.in_mib(), 0U);
}

} // namespace vireo::host
