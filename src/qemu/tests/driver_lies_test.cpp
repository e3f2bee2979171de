// SPDX-License-Identifier: Apache-2.0
// A QEMU that says what it should not: its guest alone may suffer, and the daemon keeps little of it.
#include "qemu/tests/driver_fixture.hpp"
#include "qemu/tests/lies.hpp"

#include <fstream>

namespace vireo::qemu {

using namespace hypervisor;

class DriverLies : public DriverTest, public testing::WithParamInterface<std::string_view> {
protected:
    DriverLies() { start_daemon(); }
    static std::size_t resident_mib() {
        std::ifstream file{"/proc/self/statm"};
        std::size_t size = 0, resident = 0;
        file >> size >> resident;
        return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) >> 20;
    }
};

TEST_P(DriverLies, HarmTheirGuestAlone) {
    auto liar = fmt::format("liar-{}", GetParam());
    define("web", 2);
    start("web", 2);
    auto before = resident_mib();
    define(liar, 1);
    events.clear();
    start(liar, 1);
    await(driver->suspend(uuid_of(2), "web"));
    await(driver->resume(uuid_of(2), "web"));
    // It was heard to the end, or its connection was ended and made anew.
    ASSERT_TRUE(until([&] { return events.find("reboot") != std::string::npos; })) << events;
    await(driver->suspend(uuid_of(2), "web"));
    EXPECT_EQ(state(2), StateAndReason{PausedReason::User});
    constexpr std::size_t allowed_mib = 64;
    EXPECT_LT(resident_mib(), before + allowed_mib);

    EXPECT_TRUE(driver->domains().find(uuid_of(1))->active());
    await(driver->destroy(uuid_of(1), liar, false));
    EXPECT_EQ(state(1), StateAndReason{ShutoffReason::Destroyed});
}

INSTANTIATE_TEST_SUITE_P(Kinds, DriverLies, testing::ValuesIn(kinds_of_lies),
                         [](const auto& kind) { return std::string{kind.param}; });

} // namespace vireo::qemu
