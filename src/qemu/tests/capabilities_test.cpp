// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/capabilities.hpp"

#include "base/error.hpp"
#include "qemu/capabilities/capabilities_cache.hpp"
#include "qemu/capabilities/probe.hpp"
#include "json/json.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace vireo::qemu {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

Capabilities small_emulator() {
    Capabilities result;
    result.emulator = "/usr/bin/qemu-system-x86_64";
    result.version = 7002022;
    result.arch = "x86_64";
    result.has_tcg = true;
    result.machines.push_back({"pc-i440fx-7.2", "pc", 255, true, false, "qemu64", "pc.ram"});
    result.machines.push_back({"pc-q35-7.2", "q35", 288, false, false, "qemu64", "pc.ram"});
    result.cpu_models.push_back({"Haswell", false, {"spec-ctrl"}, true, "GenuineIntel", {"avx", "fpu"}});
    result.objects = {"iothread"};
    result.displays = {"vnc"};
    result.tpm_backends = {"passthrough"};
    result.devices = {"isa-serial", "virtio-blk-pci"};
    return result;
}

TEST(Capabilities, FindsMachinesByNameAndAlias) {
    auto emulator = small_emulator();
    EXPECT_EQ(emulator.require_machine("q35").name, "pc-q35-7.2");
    EXPECT_EQ(emulator.require_machine("pc-q35-7.2").name, "pc-q35-7.2");
    EXPECT_EQ(emulator.require_machine("").name, "pc-i440fx-7.2");
    EXPECT_EQ(emulator.find_machine(""), nullptr);
    try {
        emulator.require_machine("pc-q35-99");
        FAIL();
    } catch (const Error& unknown) {
        EXPECT_EQ(unknown.code, ErrorCode::ConfigUnsupported);
        EXPECT_NE(std::string{unknown.what()}.find("pc-q35-7.2 (q35)"), std::string::npos) << unknown.what();
    }
}

TEST(Capabilities, KnowsDevices) {
    EXPECT_TRUE(small_emulator().has_device("isa-serial"));
    EXPECT_FALSE(small_emulator().has_device("isa"));
    auto emulator = small_emulator();
    emulator.devices = {"ich9-ahci"};
    EXPECT_TRUE(emulator.has_device("ahci"));
    EXPECT_TRUE(small_emulator().has_cpu_model("Haswell"));
}

TEST(Capabilities, NamesArchitecturesAsLibvirtDoes) {
    EXPECT_EQ(architecture_of("i386"), "i686");
    EXPECT_EQ(target_of("i686"), "i386");
    EXPECT_EQ(target_of("x86_64"), "x86_64");
    EXPECT_EQ(word_size_of("i686"), 32);
    EXPECT_EQ(word_size_of("aarch64"), 64);
}

TEST(Capabilities, SurviveTheirJson) {
    auto emulator = small_emulator();
    EXPECT_EQ(capabilities_from_json(to_json(emulator)), emulator);
    auto damaged = to_json(emulator);
    damaged["machines"].as_array()[0].as_object()["max-cpus"] = "many";
    EXPECT_EQ(capabilities_from_json(damaged), std::nullopt);
    damaged = to_json(emulator);
    damaged.erase("arch");
    EXPECT_EQ(capabilities_from_json(damaged), std::nullopt);
}

/// A cache in a folder of its own, for a binary that is an empty file.
class CapabilitiesCacheTest : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "vireo-capabilities-XXXXXX").native();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder = name;
        emulator = folder / "qemu-system-fake";
        write_binary("one");
    }
    void TearDown() override { fs::remove_all(folder); }
    void write_binary(const std::string& content) {
        std::ofstream{emulator, std::ios::trunc} << content;
        fs::permissions(emulator, fs::perms::owner_all);
    }
    CapabilitiesCache make_cache() {
        return {folder / "cache", [this](std::string path) -> awaitable<Capabilities> {
                    ++probes;
                    auto result = small_emulator();
                    result.emulator = std::move(path);
                    co_return result;
                }};
    }
    CapabilitiesCache::Shared ask(CapabilitiesCache& cache) {
        asio::io_context loop;
        auto result = asio::co_spawn(loop, cache.get(emulator.native()), asio::use_future);
        loop.run();
        return result.get();
    }
    fs::path only_file() { return *fs::directory_iterator{folder / "cache"}; }

    fs::path folder, emulator;
    int probes = 0;
};

TEST_F(CapabilitiesCacheTest, AsksOnce) {
    auto cache = make_cache();
    EXPECT_EQ(cache.find(emulator), nullptr);
    EXPECT_EQ(ask(cache)->emulator, emulator);
    EXPECT_EQ(ask(cache), cache.find(emulator));
    auto next_daemon = make_cache();
    EXPECT_EQ(*ask(next_daemon), *ask(cache));
    EXPECT_EQ(probes, 1);
}

TEST_F(CapabilitiesCacheTest, AsksAgainAfterAnUpgrade) {
    auto cache = make_cache();
    ask(cache);
    write_binary("another build");
    EXPECT_EQ(cache.find(emulator), nullptr);
    ask(cache);
    EXPECT_EQ(probes, 2);
}

TEST_F(CapabilitiesCacheTest, AsksAgainWhenTheFileIsDamaged) {
    auto cache = make_cache();
    ask(cache);
    auto size = fs::file_size(only_file());
    for (std::uintmax_t cut : {std::uintmax_t{0}, size / 2, size - 3}) {
        fs::resize_file(only_file(), cut);
        auto next_daemon = make_cache();
        EXPECT_EQ(ask(next_daemon)->arch, "x86_64");
    }
    EXPECT_EQ(probes, 4);
}

TEST_F(CapabilitiesCacheTest, SharesOneProbe) {
    using namespace asio::experimental::awaitable_operators;
    auto cache = make_cache();
    asio::io_context loop;
    auto both = asio::co_spawn(loop, cache.get(emulator) && cache.get(emulator), asio::use_future);
    loop.run();
    auto [first, second] = both.get();
    EXPECT_EQ(first, second);
    EXPECT_EQ(probes, 1);
}

TEST_F(CapabilitiesCacheTest, AsksSeveralAndLeavesOutTheBroken) {
    auto second = folder / "qemu-system-second";
    fs::copy_file(emulator, second);
    auto cache = make_cache();
    asio::io_context loop;
    std::vector<std::string> emulators{second, folder / "qemu-system-absent", emulator};
    auto result = asio::co_spawn(loop, cache.get_all(emulators), asio::use_future);
    loop.run();
    auto found = result.get();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0]->emulator, second);
    EXPECT_EQ(found[1]->emulator, emulator);
}

TEST_F(CapabilitiesCacheTest, NamesAMissingEmulator) {
    auto cache = make_cache();
    fs::remove(emulator);
    EXPECT_THROW(ask(cache), Error);
}

TEST_F(CapabilitiesCacheTest, FindsOneEmulatorPerArchitecture) {
    std::ofstream{folder / "qemu-system-data"};
    fs::copy_file(emulator, folder / "qemu-system-fake-microvm");
    EXPECT_EQ(find_emulators(folder), std::vector<std::string>{emulator.native()});
}

TEST_F(CapabilitiesCacheTest, TellsWhatABrokenEmulatorWrote) {
    write_binary("#!/bin/sh\necho 'no memory for this' >&2\n");
    asio::io_context loop;
    auto result = asio::co_spawn(loop, probe_capabilities(emulator, 10s), asio::use_future);
    loop.run();
    try {
        result.get();
        FAIL();
    } catch (const Error& broken) {
        EXPECT_NE(std::string{broken.what()}.find("it wrote: no memory for this"), std::string::npos)
            << broken.what();
    }
}

TEST(ProbeCapabilities, AsksARealEmulator) {
    const std::string emulator = "/usr/bin/qemu-system-x86_64";
    if (!fs::exists(emulator)) GTEST_SKIP() << emulator << " is not installed";
    asio::io_context loop;
    auto result = asio::co_spawn(loop, probe_capabilities(emulator, 30s), asio::use_future);
    loop.run();
    auto found = result.get();
    EXPECT_EQ(found.arch, "x86_64");
    EXPECT_GE(found.version, 7'000'000U);
    EXPECT_TRUE(found.has_tcg);
    EXPECT_TRUE(found.has_device("virtio-blk-pci"));
    EXPECT_TRUE(found.has_cpu_model("max"));
    EXPECT_TRUE(found.require_machine("q35").name.starts_with("pc-q35-"));
    EXPECT_EQ(found.require_machine("pc").default_cpu, "qemu64");
    EXPECT_TRUE(found.has_object("iothread"));
    EXPECT_TRUE(found.has_display("vnc"));
    const auto* nehalem = found.find_cpu_model("Nehalem");
    ASSERT_NE(nehalem, nullptr);
    EXPECT_EQ(nehalem->vendor, "GenuineIntel");
    EXPECT_TRUE(std::ranges::binary_search(nehalem->features, "sse4.2"));
    EXPECT_FALSE(std::ranges::binary_search(nehalem->features, "avx"));
    EXPECT_FALSE(found.find_cpu_model("EPYC")->blockers.empty()) << "TCG has no sha-ni";
}

/// Not every target can be asked for its CPUs.
TEST(ProbeCapabilities, AsksAnEmulatorThatKnowsNoCpuModels) {
    const std::string emulator = "/usr/bin/qemu-system-riscv64";
    if (!fs::exists(emulator)) GTEST_SKIP() << emulator << " is not installed";
    asio::io_context loop;
    auto result = asio::co_spawn(loop, probe_capabilities(emulator, 30s), asio::use_future);
    loop.run();
    auto found = result.get();
    EXPECT_EQ(found.arch, "riscv64");
    EXPECT_TRUE(found.cpu_models.empty());
    EXPECT_NE(found.find_machine("virt"), nullptr);
}

} // namespace vireo::qemu
