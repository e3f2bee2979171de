// SPDX-License-Identifier: Apache-2.0
#include "qemu/tap.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <filesystem>
#include <thread>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// Calls `test` in a network namespace of its own; false where that is not allowed.
bool in_namespace(const std::function<void()>& test) {
    bool allowed = false;
    std::thread thread{[&] { // a namespace belongs to a thread, and goes with it
        allowed = ::unshare(CLONE_NEWNET) == 0 && std::filesystem::exists("/dev/net/tun");
        if (allowed) test();
    }};
    thread.join();
    return allowed;
}

Interface make_interface(InterfaceType type) {
    Interface interface;
    interface.type = type;
    interface.mac = *MacAddress::parse("52:54:00:00:00:01");
    interface.bridge = "br-test";
    return interface;
}

ifreq ask(unsigned long number, const std::string& name) {
    Fd socket{::socket(AF_INET, SOCK_DGRAM, 0)};
    ifreq request{};
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    EXPECT_EQ(::ioctl(socket.get(), number, &request), 0) << name;
    return request;
}
} // namespace

TEST(Tap, IsUpWithAnAddressOfItsGuest) {
    bool ran = in_namespace([] {
        auto tap = open_tap(make_interface(InterfaceType::Ethernet));
        EXPECT_EQ(tap.name, "vnet0");
        EXPECT_TRUE(ask(SIOCGIFFLAGS, tap.name).ifr_flags & IFF_UP);
        auto address = ask(SIOCGIFHWADDR, tap.name).ifr_hwaddr;
        EXPECT_EQ(static_cast<unsigned char>(address.sa_data[0]), 0xfe);
        EXPECT_EQ(address.sa_data[5], 1);
        auto second = make_interface(InterfaceType::Ethernet);
        second.target = "mine";
        second.mtu = 1400;
        EXPECT_EQ(open_tap(second).name, "mine");
        EXPECT_EQ(::if_nametoindex("mine"), 0U); // went with its descriptor
    });
    if (!ran) GTEST_SKIP() << "making a network namespace is not allowed here, or there is no /dev/net/tun";
}

TEST(Tap, JoinsItsBridge) {
    bool ran = in_namespace([] {
        EXPECT_THROW(open_tap(make_interface(InterfaceType::Bridge)), Error);
        Fd socket{::socket(AF_INET, SOCK_DGRAM, 0)};
        ASSERT_EQ(::ioctl(socket.get(), SIOCBRADDBR, "br-test"), 0);
        auto tap = open_tap(make_interface(InterfaceType::Bridge));
        ifreq request{};
        std::string{"br-test"}.copy(request.ifr_name, IFNAMSIZ - 1);
        request.ifr_ifindex = static_cast<int>(::if_nametoindex(tap.name.c_str()));
        EXPECT_NE(::ioctl(socket.get(), SIOCBRADDIF, &request), 0); // it is in already
        EXPECT_EQ(errno, EBUSY);
    });
    if (!ran) GTEST_SKIP() << "making a network namespace is not allowed here, or there is no /dev/net/tun";
}

TEST(Tap, ATooLongNameIsRefused) {
    auto interface = make_interface(InterfaceType::Ethernet);
    interface.target = "a-name-of-many-letters";
    EXPECT_THROW(open_tap(interface), Error);
    interface.target.clear();
    interface.target_managed = Answer::No;
    EXPECT_THROW(open_tap(interface), Error);
}

} // namespace vireo::qemu
