// SPDX-License-Identifier: Apache-2.0
#include "qemu/tests/driver_fixture.hpp"

#include <filesystem>

namespace vireo::qemu {

using namespace hypervisor;

namespace {
constexpr auto real_qemu = "/usr/bin/qemu-system-x86_64";
} // namespace

/// The life of a guest under a real QEMU: its firmware, which finds nothing to boot.
class DriverReal : public DriverTest {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(real_qemu)) GTEST_SKIP() << real_qemu << " is not installed";
        options.monitor_deadline = std::chrono::seconds{30};
        start_daemon();
    }
    std::unique_ptr<CapabilitiesCache> make_cache() const override {
        return std::make_unique<CapabilitiesCache>(folder / "cache");
    }
};

TEST_F(DriverReal, RunsAGuest) {
    auto text = fmt::format(
        "<domain type='qemu'><name>real</name><uuid>{}</uuid><memory unit='MiB'>64</memory>"
        "<os><type arch='x86_64' machine='q35'>hvm</type></os>"
        "<devices><serial type='pty'/><graphics type='vnc' autoport='yes' passwd='x'/></devices></domain>",
        uuid_of(1).text());
    await(driver->define(text, {}));
    auto running = start("real");
    EXPECT_EQ(running->state, StateAndReason{RunningReason::Booted});
    await(driver->suspend(uuid_of(1), "real"));
    EXPECT_EQ(state(), StateAndReason{PausedReason::User});
    await(driver->resume(uuid_of(1), "real"));
    await(driver->reset(uuid_of(1), "real"));
    auto console = await(driver->open_console(uuid_of(1), "real", {}));
    console.reset();
    await(driver->destroy(uuid_of(1), "real", false));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Destroyed});
    EXPECT_TRUE(run_directories().empty());
}

} // namespace vireo::qemu
