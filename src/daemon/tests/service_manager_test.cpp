// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_manager.hpp"

#include "base/fd.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

namespace vireo::daemon {

TEST(ServiceManager, HearsTheState) {
    auto path = testing::TempDir() + "notify" + std::to_string(::getpid());
    Fd manager{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(manager.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    notify_service_manager("READY=1");
    std::array<char, 32> heard{};
    auto got = ::recv(manager.get(), heard.data(), heard.size(), MSG_DONTWAIT);
    ::unsetenv("NOTIFY_SOCKET");
    ::unlink(path.c_str());
    ASSERT_GT(got, 0);
    EXPECT_EQ(std::string_view(heard.data(), static_cast<std::size_t>(got)), "READY=1");
}

TEST(ServiceManager, MayBeAbsent) {
    ::unsetenv("NOTIFY_SOCKET");
    EXPECT_NO_THROW(notify_service_manager("READY=1"));
    ::setenv("NOTIFY_SOCKET", "/no/such/socket", 1);
    EXPECT_NO_THROW(notify_service_manager("READY=1"));
    ::unsetenv("NOTIFY_SOCKET");
}

} // namespace vireo::daemon
