// SPDX-License-Identifier: Apache-2.0
#include "launch/greeting.hpp"

#include "base/error.hpp"
#include "launch/host_network.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace vireo::launch {

using asio::ip::tcp;

/// Takes connections: the first it closes, to the second it never speaks, to the third it lies, the fourth it
/// greets.
awaitable<void> play_guest(tcp::acceptor& door, std::vector<tcp::socket>& kept) {
    auto closed = co_await door.async_accept(asio::use_awaitable);
    closed.close();
    kept.push_back(co_await door.async_accept(asio::use_awaitable));
    kept.push_back(co_await door.async_accept(asio::use_awaitable));
    co_await asio::async_write(kept.back(), asio::buffer("HTTP/1.1", 8), asio::use_awaitable);
    kept.push_back(co_await door.async_accept(asio::use_awaitable));
    co_await asio::async_write(kept.back(), asio::buffer("SSH-2.0-x\r\n", 11), asio::use_awaitable);
}

awaitable<void> nothing() { co_return; }
awaitable<void> guest_is_gone() {
    throw Error(ErrorCode::OperationFailed, ErrorDomain::None, "gone");
    co_return;
}

TEST(AwaitGreeting, GoesOnUntilAnSshServerSpeaks) {
    asio::io_context loop;
    tcp::acceptor door{loop, {asio::ip::address_v4::loopback(), 0}};
    std::vector<tcp::socket> kept;
    auto guest = asio::co_spawn(loop, play_guest(door, kept), asio::use_future);
    auto waited =
        asio::co_spawn(loop, await_greeting(door.local_endpoint().port(), nothing), asio::use_future);
    loop.run();
    EXPECT_NO_THROW(guest.get());
    EXPECT_NO_THROW(waited.get());
    EXPECT_EQ(kept.size(), 3U);
}

TEST(AwaitGreeting, EndsWithWhatTheCheckThrows) {
    asio::io_context loop;
    auto waited = asio::co_spawn(loop, await_greeting(find_free_port(), guest_is_gone), asio::use_future);
    loop.run();
    EXPECT_THROW(waited.get(), Error);
}

} // namespace vireo::launch
