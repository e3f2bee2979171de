// SPDX-License-Identifier: Apache-2.0
#include "host/kvm_probe.hpp"

#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

namespace vireo::host {

namespace fs = std::filesystem;

KvmVerdict find(const fs::path& cache, const fs::path& device) {
    asio::io_context loop;
    auto result = asio::co_spawn(loop, find_kvm(cache, device), asio::use_future);
    loop.run();
    return result.get();
}

TEST(KvmProbe, NamesAMissingDevice) {
    auto verdict = probe_kvm("/nonexistent/kvm");
    EXPECT_FALSE(verdict.usable);
    EXPECT_NE(verdict.reason.find("/nonexistent/kvm"), std::string::npos) << verdict.reason;
}

TEST(KvmProbe, IsNotFooledByAnotherDevice) { EXPECT_FALSE(probe_kvm("/dev/null").usable); }

TEST(KvmProbe, DecidesInTime) {
    auto start = std::chrono::steady_clock::now();
    auto verdict = probe_kvm();
    auto took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took, std::chrono::seconds{2}); // two guests of 100 ms, on a busy machine
    EXPECT_FALSE(verdict.reason.empty());
    bool no_hardware = !fs::exists("/sys/module/kvm_intel") && !fs::exists("/sys/module/kvm_amd");
    if (fs::exists("/sys/module/kvm_pvm") && no_hardware) { EXPECT_FALSE(verdict.usable) << verdict.reason; }
}

TEST(KvmProbe, KeepsItsVerdictForThisBoot) {
    std::string name = (fs::temp_directory_path() / "vireo-kvm-XXXXXX").native();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    auto first = find(name, "/dev/null");
    EXPECT_FALSE(first.usable);
    auto file = fs::path{name} / "kvm.json";
    ASSERT_TRUE(fs::exists(file));
    auto written = fs::last_write_time(file);
    EXPECT_EQ(find(name, "/dev/null").reason, first.reason);
    EXPECT_EQ(fs::last_write_time(file), written);
    std::ofstream{file} << "damaged";
    EXPECT_EQ(find(name, "/dev/null").reason, first.reason);
    fs::remove_all(name);
}

} // namespace vireo::host
