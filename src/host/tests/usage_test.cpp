// SPDX-License-Identifier: Apache-2.0
#include "host/usage.hpp"

#include "host/caches.hpp"
#include "host/pages.hpp"
#include "host/shared_memory.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

namespace vireo::host {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A host of our own making: its files below a folder.
class UsageTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "vireo-usage-XXXXXX").native();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        root = name;
        write("proc/stat", "cpu  10 20 30 400 50 6 7 0 0 0\ncpu0 1 2 3 4 5 6 7 0 0 0\n");
        write("proc/meminfo", "MemTotal: 16384 kB\nMemFree: 1024 kB\nMemAvailable: 99 kB\nBuffers: 7 kB\n"
                              "Cached: 8 kB\nSwapCached: 9 kB\n");
    }
    void TearDown() override { fs::remove_all(root); }
    void write(const fs::path& path, const std::string& text) {
        fs::create_directories((root / path).parent_path());
        std::ofstream{root / path} << text;
    }
    void add_pool(const std::string& folder, int total, int free) {
        write(folder + "/hugepages-2048kB/nr_hugepages", std::to_string(total));
        write(folder + "/hugepages-2048kB/free_hugepages", std::to_string(free));
    }
    fs::path root;
};

TEST_F(UsageTest, AddsUpTimes) {
    auto all = read_cpu_times(std::nullopt, root);
    ASSERT_TRUE(all);
    EXPECT_EQ(all->user, 300ms);   // with nice; a tick is 10 ms
    EXPECT_EQ(all->kernel, 430ms); // with interrupts
    EXPECT_EQ(all->idle, 4s);
    EXPECT_EQ(all->iowait, 500ms);
    ASSERT_TRUE(read_cpu_times(0, root));
    EXPECT_EQ(read_cpu_times(0, root)->idle, 40ms);
    EXPECT_FALSE(read_cpu_times(1, root));
}

TEST_F(UsageTest, TellsMemoryOfHostAndCells) {
    auto whole = read_memory_use(root);
    EXPECT_EQ(whole.total, MemorySize::kib(16384));
    EXPECT_EQ(whole.free, MemorySize::kib(1024));
    EXPECT_EQ(whole.buffers, MemorySize::kib(7));
    EXPECT_EQ(whole.cached, MemorySize::kib(8));
    ASSERT_TRUE(read_cell_memory_use(0, root)); // without NUMA the host is cell 0
    EXPECT_EQ(read_cell_memory_use(0, root)->free, MemorySize::kib(1024));
    write("sys/devices/system/node/online", "0,2\n");
    write("sys/devices/system/node/node2/meminfo", "Node 2 MemTotal: 512 kB\nNode 2 MemFree: 256 kB\n");
    EXPECT_EQ(online_cells(root), (std::vector<std::uint32_t>{0, 2}));
    ASSERT_TRUE(read_cell_memory_use(2, root));
    EXPECT_EQ(read_cell_memory_use(2, root)->free, MemorySize::kib(256));
    EXPECT_FALSE(read_cell_memory_use(1, root));
}

TEST_F(UsageTest, TellsWhichProcessorsAreOnline) {
    write("sys/devices/system/cpu/present", "0-3\n");
    write("sys/devices/system/cpu/online", "0,2-3\n");
    auto map = read_cpu_map(root);
    EXPECT_EQ(map.present.size(), 4U);
    EXPECT_EQ(map.online, (std::vector<std::uint32_t>{0, 2, 3}));
}

TEST_F(UsageTest, KnowsPoolsOfHugePages) {
    auto size = MemorySize::kib(2048);
    EXPECT_FALSE(read_page_pool(0, size, root));
    add_pool("sys/kernel/mm/hugepages", 8, 3);
    EXPECT_EQ(huge_page_sizes(root), std::vector{size});
    ASSERT_TRUE(read_page_pool(0, size, root));
    EXPECT_EQ(read_page_pool(0, size, root)->free, 3U);
    add_pool("sys/devices/system/node/node1/hugepages", 5, 1); // with NUMA only the cells count
    EXPECT_FALSE(read_page_pool(0, size, root));
    EXPECT_EQ(read_page_pool(1, size, root)->total, 5U);
    EXPECT_EQ(resize_page_pool(1, size, 6, root), 6U);
    EXPECT_EQ(read_page_pool(1, size, root)->total, 6U);
    EXPECT_FALSE(resize_page_pool(7, size, 6, root));
    EXPECT_EQ(read_page_pool(std::nullopt, size, root)->total, 8U) << "the host as a whole";
}

TEST_F(UsageTest, FindsTheLastLevelCacheOnce) {
    write("sys/devices/system/cpu/online", "0-1\n");
    for (const auto* cpu : {"cpu0", "cpu1"}) {
        auto cache = fmt::format("sys/devices/system/cpu/{}/cache", cpu);
        write(cache + "/index0/level", "1\n");
        write(cache + "/index0/type", "Data\n");
        write(cache + "/index3/level", "3\n");
        write(cache + "/index3/type", "Unified\n");
        write(cache + "/index3/size", "512K\n");
        write(cache + "/index3/shared_cpu_list", "0-1\n");
    }
    auto banks = read_cache_banks(root);
    ASSERT_EQ(banks.size(), 1U);
    EXPECT_EQ(banks[0].type, "both");
    EXPECT_EQ(banks[0].size, MemorySize::kib(512));
    EXPECT_EQ(banks[0].processors, "0-1");
}

TEST_F(UsageTest, CountsOrdinaryPages) {
    auto pool = read_page_pool(0, system_page_size(), root);
    ASSERT_TRUE(pool);
    EXPECT_EQ(pool->free, 1024U * 1024 / system_page_size().in_bytes());
}

TEST_F(UsageTest, ReadsAndSetsSharing) {
    EXPECT_TRUE(read_sharing(root).empty());
    write("sys/kernel/mm/ksm/pages_to_scan", "100\n");
    write("sys/kernel/mm/ksm/run", "0\n");
    auto figures = read_sharing(root);
    ASSERT_EQ(figures.size(), 1U);
    EXPECT_EQ(figures[0].name, "pages_to_scan");
    set_sharing("pages_to_scan", 7, root);
    EXPECT_EQ(read_sharing(root)[0].value, 7U);
    EXPECT_THROW(set_sharing("absent/setting", 7, root), std::system_error);
}

} // namespace
} // namespace vireo::host
