// SPDX-License-Identifier: Apache-2.0
#include "rpc/tests/peer.hpp"

#include "protocol/connect.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdlib>

namespace vireo::rpc {

namespace {
struct Calls {
    protocol::ConnectGetLibVersionRet lib_version() { return {1}; }
};

class Directory {
public:
    Directory() {
        std::string name = std::filesystem::temp_directory_path() / "vireo-server-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), name);
        path = name;
    }
    ~Directory() { std::filesystem::remove_all(path); }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    std::filesystem::path path;
};

Peer connected(asio::io_context& loop, const std::filesystem::path& path) {
    Session::Socket socket{loop};
    socket.connect({path.native()});
    return Peer{std::move(socket)};
}

awaitable<std::uint32_t> ask(Peer& peer, std::uint32_t serial) {
    co_await peer.send(Peer::call(protocol::connect_get_lib_version, protocol::Nothing{}, serial));
    auto reply = co_await peer.receive();
    co_return reply.header.serial;
}
} // namespace

TEST(Server, ACrowdOnOneSocketKeepsNobodyFromAnother) {
    Directory directory;
    auto test = [&](asio::io_context& loop, Server& server) -> awaitable<void> {
        Calls calls;
        Dispatcher dispatcher{{Program::Remote}};
        dispatcher.on<&Calls::lib_version>(protocol::connect_get_lib_version, calls);
        auto crowded = directory.path / "crowded", other = directory.path / "other";
        ListenOptions for_all{.path = crowded, .most_clients = 1}, for_few{.path = other, .most_clients = 1};
        server.listen(for_all, dispatcher);
        server.listen(for_few, dispatcher);
        auto first = connected(loop, crowded), waiting = connected(loop, crowded);
        EXPECT_EQ(co_await ask(first, 1), 1U);
        auto administrator = connected(loop, other);
        EXPECT_EQ(co_await ask(administrator, 2), 2U);
        EXPECT_EQ(server.session_count(), 2U); // one of the crowd waits
        first.close();
        EXPECT_EQ(co_await ask(waiting, 3), 3U); // and gets its turn
    };
    run_with_server({}, test);
    EXPECT_TRUE(std::filesystem::is_empty(directory.path)) << "a socket stays after the server's end";
}

TEST(Server, TakesMoreClientsWhenItsLimitGrows) {
    Directory directory;
    auto test = [&](asio::io_context& loop, Server& server) -> awaitable<void> {
        Calls calls;
        Dispatcher dispatcher{{Program::Remote}};
        dispatcher.on<&Calls::lib_version>(protocol::connect_get_lib_version, calls);
        auto path = directory.path / "socket";
        ListenOptions options{.path = path, .most_clients = 1};
        server.listen(options, dispatcher);
        EXPECT_EQ(server.most_clients(), 1U);
        auto first = connected(loop, path), waiting = connected(loop, path);
        EXPECT_EQ(co_await ask(first, 1), 1U);
        EXPECT_EQ(server.session_count(), 1U);
        server.set_most_clients(2);
        EXPECT_EQ(server.most_clients(), 2U);
        EXPECT_EQ(co_await ask(waiting, 2), 2U);
        EXPECT_EQ(server.sessions().begin()->first + 1, server.sessions().rbegin()->first);
    };
    run_with_server({}, test);
}

} // namespace vireo::rpc
