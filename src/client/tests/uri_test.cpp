// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "client/session_daemon.hpp"
#include "client/uri.hpp"

#include <gtest/gtest.h>

namespace vireo::client {

struct Address {
    std::string_view uri, for_daemon, socket;
    bool read_only = false;
};
class KnownAddress : public testing::TestWithParam<Address> {};
TEST_P(KnownAddress, LeadsToASocketAndAName) {
    auto uri = Uri::parse(GetParam().uri);
    EXPECT_EQ(uri.for_daemon(), GetParam().for_daemon);
    EXPECT_EQ(socket_path(uri, GetParam().read_only), GetParam().socket);
}
INSTANTIATE_TEST_SUITE_P(
    Uris, KnownAddress,
    testing::Values(Address{"qemu:///system", "qemu:///system", "/run/libvirt/libvirt-sock"},
                    Address{"qemu:///system", "qemu:///system", "/run/libvirt/libvirt-sock-ro", true},
                    Address{"qemu+unix:///system?socket=/a%20b/c", "qemu:///system", "/a b/c"},
                    Address{"qemu+unix:///system?socket=/s&mode=legacy", "qemu:///system", "/s", true},
                    Address{"test+unix:///default?socket=/s&x=1", "test:///default?x=1", "/s"},
                    Address{"test:///default", "test:///default", "/run/libvirt/libvirt-sock"}));

TEST(Uri, TheSessionsSocketIsBelowTheRuntimeFolder) {
    ::setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
    EXPECT_EQ(socket_path(Uri::parse("qemu:///session"), false), "/run/user/1/libvirt/libvirt-sock");
}

class RefusedAddress : public testing::TestWithParam<std::string_view> {};
TEST_P(RefusedAddress, IsAnError) { EXPECT_THROW(socket_path(Uri::parse(GetParam()), false), Error); }
INSTANTIATE_TEST_SUITE_P(Uris, RefusedAddress,
                         testing::Values("", "system", "://x", "qemu+ssh://host/system", "qemu://host/system",
                                         "qemu+tls:///system", "qemu:///system?=x"));

TEST(SessionDaemon, IsStartedOnlyAtItsUsualPlace) {
    for (const auto* uri : {"qemu:///session", "qemu+unix:///session"})
        EXPECT_TRUE(may_be_started(Uri::parse(uri))) << uri;
    for (const auto* uri :
         {"qemu:///system", "test:///default", "qemu+unix:///session?socket=/s", "qemu+ssh://h/session"})
        EXPECT_FALSE(may_be_started(Uri::parse(uri))) << uri;
}

} // namespace vireo::client
