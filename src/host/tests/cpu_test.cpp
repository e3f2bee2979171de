// SPDX-License-Identifier: Apache-2.0
#include "host/cpu.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace vireo::host {
namespace {

namespace fs = std::filesystem;

/// Reads a /proc/cpuinfo with this text.
Cpu cpu_from(const std::string& text) {
    std::string root = (fs::temp_directory_path() / "vireo-cpu-XXXXXX").native();
    EXPECT_NE(::mkdtemp(root.data()), nullptr);
    fs::create_directories(fs::path{root} / "proc");
    std::ofstream{fs::path{root} / "proc/cpuinfo"} << text;
    auto cpu = read_cpu(root);
    fs::remove_all(root);
    return cpu;
}

TEST(ReadCpu, KnowsTheFirstProcessor) {
    auto cpu =
        cpu_from("processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 26\nmodel\t\t: 2\n"
                 "model name\t: Made up\nstepping\t: 1\nmicrocode\t: 0x1000065\n"
                 "flags\t\t: fpu sse4_1 pclmulqdq\naddress sizes\t: 48 bits physical, 48 bits virtual\n"
                 "processor\t: 1\nmodel\t\t: 9\n");
    EXPECT_EQ(cpu.vendor, "AuthenticAMD");
    EXPECT_EQ(cpu.family, 26U);
    EXPECT_EQ(cpu.model, 2U);
    EXPECT_EQ(cpu.stepping, 1U);
    EXPECT_EQ(cpu.microcode, 0x1000065U);
    EXPECT_EQ(cpu.physical_address_bits, 48U);
}

TEST(ReadCpu, KnowsLittleOfOtherArchitectures) {
    auto cpu = cpu_from("processor\t: 0\nBogoMIPS\t: 50.00\n");
    EXPECT_EQ(cpu.vendor, "");
    EXPECT_FALSE(cpu.family);
    EXPECT_TRUE(cpu.flags.empty());
}

TEST(HasFeature, TranslatesNames) {
    Cpu cpu;
    cpu.flags = {"fpu", "sse4_1", "pclmulqdq", "sha_ni", "lahf_lm", "nonstop_tsc", "avx512_vnni"};
    for (const auto* name : {"fpu", "sse4.1", "pclmuldq", "sha-ni", "lahf_lm", "invtsc", "avx512vnni"})
        EXPECT_TRUE(has_feature(cpu, name)) << name;
    for (const auto* name : {"sse4.2", "vme", "sha"}) EXPECT_FALSE(has_feature(cpu, name)) << name;
}

} // namespace
} // namespace vireo::host
