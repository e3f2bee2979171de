// SPDX-License-Identifier: Apache-2.0
#include "daemon/activation.hpp"

#include "base/error.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <map>

namespace vireo::daemon {
namespace {

TEST(Activation, NamesTellTheKind) {
    using enum SocketKind;
    const std::pair<const char*, std::optional<SocketKind>> cases[] = {{"libvirt-sock", ReadWrite},
                                                                       {"libvirt-sock-ro", ReadOnly},
                                                                       {"libvirt-admin-sock", Admin},
                                                                       {"virtqemud-sock", ReadWrite},
                                                                       {"virtqemud-sock-ro", ReadOnly},
                                                                       {"virtqemud-admin-sock", Admin},
                                                                       {"virtproxyd-admin-sock", Admin},
                                                                       {"vireod.socket", ReadWrite},
                                                                       {"libvirtd-ro.socket", ReadOnly},
                                                                       {"libvirtd-admin.socket", Admin},
                                                                       {"virtqemud-ro.socket", ReadOnly},
                                                                       {"virtlogd-sock", {}},
                                                                       {"libvirtd-tcp.socket", {}},
                                                                       {"libvirt-sock-rw", {}},
                                                                       {"", {}},
                                                                       {"sshd.socket", {}}};
    for (const auto& [name, kind] : cases) EXPECT_EQ(kind_of_socket(name), kind) << name;
}

/// Puts sockets where the service manager does, and what was there back at the end.
class ActivationTest : public testing::Test {
protected:
    ActivationTest() {
        std::string name = testing::TempDir() + "activationXXXXXX";
        directory_ = ::mkdtemp(name.data());
        for (int i = 0; i < passed_; ++i) saved_.emplace_back(::fcntl(3 + i, F_DUPFD_CLOEXEC, 20));
        variables_["LISTEN_PID"] = std::to_string(::getpid());
    }
    ~ActivationTest() override {
        for (int i = 0; i < passed_; ++i) {
            if (saved_[static_cast<std::size_t>(i)])
                ::dup3(saved_[static_cast<std::size_t>(i)].get(), 3 + i, O_CLOEXEC);
            else
                ::close(3 + i);
        }
        std::filesystem::remove_all(directory_);
    }
    /// Out of the way of the numbers that are passed.
    static Fd make_socket(int family) {
        Fd made{::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        return Fd{::fcntl(made.get(), F_DUPFD_CLOEXEC, 20)};
    }
    void pass(int number, const std::string& name, bool listening = true) {
        auto made = make_socket(AF_UNIX);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        (directory_ / name).native().copy(address.sun_path, sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        ASSERT_EQ(listening ? ::listen(made.get(), 1) : 0, 0);
        ASSERT_EQ(::dup2(made.get(), number), number);
    }
    std::vector<ActivatedSocket> take() {
        return take_activated_sockets([this](const char* name) { return variables_[name]; });
    }
    static constexpr int passed_ = 2;
    std::filesystem::path directory_;
    std::vector<Fd> saved_;
    std::map<std::string, std::string> variables_;
};

TEST_F(ActivationTest, PathsGoBeforeNames) {
    pass(3, "libvirt-sock-ro");
    pass(4, "elsewhere");
    variables_["LISTEN_FDS"] = "2";
    variables_["LISTEN_FDNAMES"] = "libvirtd.socket:vireod-admin.socket";
    auto sockets = take();
    ASSERT_EQ(sockets.size(), 2U);
    EXPECT_EQ(sockets[0].kind, SocketKind::ReadOnly);
    EXPECT_EQ(sockets[0].path, directory_ / "libvirt-sock-ro");
    EXPECT_EQ(sockets[1].kind, SocketKind::Admin);
    EXPECT_EQ(::fcntl(sockets[0].socket.get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(ActivationTest, WhatIsForAnotherProcessIsLeftAlone) {
    pass(3, "libvirt-sock");
    variables_["LISTEN_FDS"] = "1";
    variables_["LISTEN_PID"] = std::to_string(::getppid());
    EXPECT_TRUE(take().empty());
    EXPECT_NE(::fcntl(3, F_GETFD), -1);
}

TEST_F(ActivationTest, WhatNobodyLooksForIsRefused) {
    pass(3, "stray");
    variables_["LISTEN_FDS"] = "1";
    EXPECT_THROW(take(), Error);
}

TEST_F(ActivationTest, WhatDoesNotListenIsRefused) {
    pass(3, "libvirt-sock", false);
    variables_["LISTEN_FDS"] = "1";
    EXPECT_THROW(take(), Error);
}

TEST_F(ActivationTest, NetworkSocketsAreRefused) {
    auto made = make_socket(AF_INET);
    ASSERT_EQ(::dup2(made.get(), 3), 3);
    variables_["LISTEN_FDS"] = "1";
    variables_["LISTEN_FDNAMES"] = "libvirtd.socket";
    EXPECT_THROW(take(), Error);
}

} // namespace
} // namespace vireo::daemon
