// SPDX-License-Identifier: Apache-2.0
#include "launch/host_network.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <string>

namespace vireo::launch {

class DefaultRoute : public testing::Test {
protected:
    DefaultRoute() { std::filesystem::create_directories(folder_); }
    ~DefaultRoute() override { std::filesystem::remove_all(folder_); }
    void write(const char* name, const std::string& content) { std::ofstream{folder_ / name} << content; }
    std::filesystem::path folder_ = std::filesystem::path{testing::TempDir()} / "vireo-routes";
    std::string v6_of(const std::string& destination, const std::string& device) {
        return destination + " 00 00000000000000000000000000000000 00 " + std::string(32, '0') +
               " ffffffff 00000001 00000000 00200200       " + device + "\n";
    }
};

TEST_F(DefaultRoute, IsFoundInEitherTable) {
    EXPECT_FALSE(has_default_route(folder_));
    write("route", "Iface\tDestination\tGateway\neth0\t000200C0\t00000000\n");
    EXPECT_FALSE(has_default_route(folder_));
    write("ipv6_route", v6_of(std::string(32, '0'), "lo") + v6_of("fe80" + std::string(28, '0'), "eth0"));
    EXPECT_FALSE(has_default_route(folder_));
    write("ipv6_route", v6_of(std::string(32, '0'), "eth0"));
    EXPECT_TRUE(has_default_route(folder_));
    std::filesystem::remove(folder_ / "ipv6_route");
    write("route", "Iface\tDestination\tGateway\neth0\t00000000\t010200C0\n");
    EXPECT_TRUE(has_default_route(folder_));
}

TEST(UsablePort, IsNobodyElses) {
    Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* place = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(socket.get(), place, size), 0);
    ASSERT_EQ(::getsockname(socket.get(), place, &size), 0);
    auto port = ntohs(address.sin_port);
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    EXPECT_THROW(require_usable_port(port, true), Error);
    socket.reset();
    EXPECT_NO_THROW(require_usable_port(port, true));
}

} // namespace vireo::launch
