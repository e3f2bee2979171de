// SPDX-License-Identifier: Apache-2.0
#include "rpc/tests/peer.hpp"

#include "base/error.hpp"
#include "protocol/connect.hpp"
#include "protocol/domain_guest.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <filesystem>

namespace vireo::rpc {

namespace {
using protocol::Nothing;

std::size_t open_descriptors() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {}));
}

Fd a_file() { return Fd{::open("/dev/null", O_RDONLY | O_CLOEXEC)}; }

/// Takes descriptors and gives some.
struct GraphicsCalls {
    void take(Session&, protocol::DomainOpenGraphicsArgs, std::vector<Fd> descriptors) {
        taken = descriptors.size();
        for (const auto& descriptor : descriptors)
            close_on_exec = close_on_exec && (::fcntl(descriptor.get(), F_GETFD) & FD_CLOEXEC) != 0;
    }
    awaitable<WithDescriptors<Nothing>> give(Session&, protocol::DomainOpenGraphicsFdArgs args) {
        WithDescriptors<Nothing> answer;
        for (std::uint32_t i = 0; i < args.idx; ++i) answer.descriptors.push_back(a_file());
        co_return answer;
    }
    protocol::ConnectGetLibVersionRet lib_version() { return {9'000'000}; }
    std::optional<std::size_t> taken;
    bool close_on_exec = true;
};

void run(auto test, bool read_only = false) {
    auto before = open_descriptors();
    auto whole = [&](asio::io_context& loop, Server& server) -> awaitable<void> {
        GraphicsCalls calls;
        Dispatcher dispatcher{{Program::Remote}};
        dispatcher.on<&GraphicsCalls::take>(protocol::domain_open_graphics, calls);
        dispatcher.on<&GraphicsCalls::give>(protocol::domain_open_graphics_fd, calls);
        dispatcher.on<&GraphicsCalls::lib_version>(protocol::connect_get_lib_version, calls);
        Session::Socket ours{loop}, theirs{loop};
        asio::local::connect_pair(ours, theirs);
        auto socket = ours.native_handle();
        Peer peer{std::move(ours)};
        server.serve(std::move(theirs), dispatcher, read_only);
        co_await test(peer, socket, calls);
        peer.close();
        co_await server.stop();
        EXPECT_EQ(server.session_count(), 0U);
    };
    run_with_server({}, whole);
    EXPECT_EQ(open_descriptors(), before) << "descriptors leak";
}

/// A call that says it brings `count` descriptors; its frame only.
std::string graphics_call(std::uint32_t count, std::uint32_t serial = 1) {
    std::string bytes;
    FrameWriter frame{bytes,
                      {Program::Remote, 1, protocol::domain_open_graphics.number,
                       MessageType::CallWithDescriptors, serial, MessageStatus::Ok}};
    frame.write(count);
    frame.write(protocol::DomainOpenGraphicsArgs{});
    frame.finish();
    return bytes;
}
std::string lib_version_call(std::uint32_t serial) {
    return Peer::call(protocol::connect_get_lib_version, Nothing{}, serial);
}

/// Sends bytes with copies of one descriptor riding on them.
void send_with(int socket, std::string_view bytes, std::size_t copies) {
    auto file = a_file();
    std::vector<int> numbers(copies, file.get());
    std::vector<char> space(CMSG_SPACE(copies * sizeof(int)));
    iovec data{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = space.data();
    message.msg_controllen = space.size();
    auto* control = CMSG_FIRSTHDR(&message);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(copies * sizeof(int));
    std::memcpy(CMSG_DATA(control), numbers.data(), copies * sizeof(int));
    EXPECT_EQ(::sendmsg(socket, &message, MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
}
std::string_view ride() { return {"\0", 1}; }

std::int32_t code_of(const Received& reply) {
    EXPECT_EQ(reply.header.status, MessageStatus::Error);
    return xdr::decode<protocol::RemoteError>(reply.body).code;
}
} // namespace

TEST(Descriptors, ReachTheHandlerInTheirOrder) {
    auto test = [](Peer& peer, int socket, GraphicsCalls& calls) -> awaitable<void> {
        co_await peer.send(graphics_call(3));
        for (int i = 0; i < 3; ++i) send_with(socket, ride(), 1);
        co_await peer.send(lib_version_call(2));
        auto first = co_await peer.receive();
        EXPECT_EQ(first.header.serial, 1U);
        EXPECT_EQ(first.header.status, MessageStatus::Ok);
        EXPECT_EQ(calls.taken, 3U);
        EXPECT_TRUE(calls.close_on_exec);
        auto second = co_await peer.receive(); // still in step
        EXPECT_EQ(second.header.serial, 2U);
    };
    run(test);
}

TEST(Descriptors, MayComeAllAtOnce) {
    auto test = [](Peer& peer, int socket, GraphicsCalls& calls) -> awaitable<void> {
        send_with(socket, graphics_call(2) + std::string(2, '\0'), 2);
        auto reply = co_await peer.receive();
        EXPECT_EQ(reply.header.status, MessageStatus::Ok);
        EXPECT_EQ(calls.taken, 2U);
    };
    run(test);
}

TEST(Descriptors, OfSeveralCallsStayApart) {
    auto test = [](Peer& peer, int socket, GraphicsCalls& calls) -> awaitable<void> {
        for (std::uint32_t serial = 1; serial <= 4; ++serial) {
            co_await peer.send(graphics_call(serial, serial));
            for (std::uint32_t i = 0; i < serial; ++i) send_with(socket, ride(), 1);
        }
        for (std::uint32_t serial = 1; serial <= 4; ++serial) {
            auto reply = co_await peer.receive();
            EXPECT_EQ(reply.header.status, MessageStatus::Ok);
            EXPECT_EQ(reply.header.serial, serial);
        }
        EXPECT_EQ(calls.taken, 4U);
    };
    run(test);
}

TEST(Descriptors, FewerThanSaidAreRefused) {
    for (std::size_t come : {0U, 1U, 3U}) {
        auto test = [come](Peer& peer, int socket, GraphicsCalls& calls) -> awaitable<void> {
            co_await peer.send(graphics_call(2));
            if (come > 0) send_with(socket, ride(), come);
            std::string rest(come > 0 ? 1 : 2, '\0');
            co_await peer.send(rest + lib_version_call(2));
            auto refused = co_await peer.receive();
            EXPECT_EQ(code_of(refused), 39) << come;
            EXPECT_EQ(calls.taken, std::nullopt);
            auto next = co_await peer.receive();
            EXPECT_EQ(next.header.serial, 2U);
        };
        run(test);
    }
}

TEST(Descriptors, ThatNobodyAskedForAreClosed) {
    auto test = [](Peer& peer, int socket, GraphicsCalls&) -> awaitable<void> {
        auto call = lib_version_call(1);
        auto before = open_descriptors();
        for (int round = 0; round < 20; ++round) { // on a whole call, on a half one, and on its rest
            send_with(socket, call, 32);
            auto reply = co_await peer.receive();
            EXPECT_EQ(reply.header.status, MessageStatus::Ok);
            send_with(socket, std::string_view{call}.substr(0, 9), 32);
            send_with(socket, std::string_view{call}.substr(9), 32);
            reply = co_await peer.receive();
            EXPECT_EQ(reply.header.status, MessageStatus::Ok);
        }
        EXPECT_EQ(open_descriptors(), before);
    };
    run(test);
}

TEST(Descriptors, TooManyEndTheConnection) {
    auto at_once = [](Peer& peer, int socket, GraphicsCalls&) -> awaitable<void> {
        co_await peer.send(graphics_call(2));
        send_with(socket, ride(), 33);
        EXPECT_TRUE(co_await peer.hung_up());
    };
    run(at_once);
    auto one_by_one = [](Peer& peer, int socket, GraphicsCalls&) -> awaitable<void> {
        co_await peer.send(graphics_call(32));
        for (int i = 0; i < 3; ++i) send_with(socket, ride(), 12);
        EXPECT_TRUE(co_await peer.hung_up());
    };
    run(one_by_one);
    auto announced = [](Peer& peer, int, GraphicsCalls&) -> awaitable<void> {
        co_await peer.send(graphics_call(33));
        EXPECT_TRUE(co_await peer.hung_up());
    };
    run(announced);
}

TEST(Descriptors, OfAClientThatLeavesAreClosed) {
    auto test = [](Peer& peer, int socket, GraphicsCalls& calls) -> awaitable<void> {
        co_await peer.send(graphics_call(3));
        send_with(socket, ride(), 1); // and no more
        co_await peer.send("");
        EXPECT_EQ(calls.taken, std::nullopt);
    };
    run(test);
}

TEST(Descriptors, OfAReaderAreNeverOpened) {
    auto test = [](Peer& peer, int socket, GraphicsCalls& calls) -> awaitable<void> {
        co_await peer.send(graphics_call(2));
        for (int i = 0; i < 2; ++i) send_with(socket, ride(), 1);
        co_await peer.send(lib_version_call(2));
        auto refused = co_await peer.receive();
        EXPECT_EQ(code_of(refused), 29);
        EXPECT_EQ(calls.taken, std::nullopt);
        auto next = co_await peer.receive();
        EXPECT_EQ(next.header.serial, 2U);
    };
    run(test, true);
}

TEST(Descriptors, AreGivenBehindTheAnswer) {
    auto test = [](Peer& peer, int socket, GraphicsCalls&) -> awaitable<void> {
        protocol::DomainOpenGraphicsFdArgs two{{}, 2, 0};
        co_await peer.send(Peer::call(protocol::domain_open_graphics_fd, two, 1) + lib_version_call(2));
        auto given = co_await peer.receive();
        // The call that waits is answered in the same turn as the other, before or after it.
        bool first = given.header.serial == 1;
        if (!first) given = co_await peer.receive();
        EXPECT_EQ(given.header.type, MessageType::ReplyWithDescriptors);
        EXPECT_EQ(xdr::decode<std::uint32_t>(given.body), 2U);
        for (int i = 0; i < 2; ++i) {
            char byte = 'x';
            std::vector<Fd> got;
            while (receive(socket, {&byte, 1}, got) < 0) EXPECT_EQ(errno, EAGAIN);
            EXPECT_EQ(byte, '\0');
            EXPECT_EQ(got.size(), 1U);
        }
        if (!first) co_return;
        auto next = co_await peer.receive();
        EXPECT_EQ(next.header.serial, 2U);
    };
    run(test);
}

} // namespace vireo::rpc
