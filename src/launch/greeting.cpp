// SPDX-License-Identifier: Apache-2.0
#include "launch/greeting.hpp"

#include "async/task_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string_view>

namespace vireo::launch {

using namespace std::chrono_literals;

namespace {
constexpr std::chrono::milliseconds between_attempts = 250ms, patience = 5s;

struct Wait {
    explicit Wait(const asio::any_io_executor& executor) : next{executor} {}
    asio::steady_timer next; ///< cancelled by the first greeting
    bool greeted = false;
};

/// Ours (RFC 4253, 4.2). It is said first: Debian 12's passt delivers nothing of the guest's before.
constexpr std::string_view own_greeting = "SSH-2.0-vireo\r\n";

/// Whether an SSH server greeted.
awaitable<bool> connect(asio::ip::tcp::socket& socket, std::uint16_t port) {
    asio::ip::tcp::endpoint place{asio::ip::address_v4::loopback(), port};
    auto [refused] = co_await socket.async_connect(place, asio::as_tuple(asio::use_awaitable));
    if (refused) co_return false;
    auto [unsaid, length] =
        co_await asio::async_write(socket, asio::buffer(own_greeting), asio::as_tuple(asio::use_awaitable));
    if (unsaid) co_return false;
    std::array<char, 4> hello{};
    auto [failed, size] =
        co_await asio::async_read(socket, asio::buffer(hello), asio::as_tuple(asio::use_awaitable));
    co_return !failed && std::string_view{hello.data(), size} == "SSH-";
}

awaitable<void> attempt(std::shared_ptr<Wait> wait, std::uint16_t port) {
    using namespace asio::experimental::awaitable_operators;
    asio::ip::tcp::socket socket{co_await asio::this_coro::executor};
    asio::steady_timer alarm{socket.get_executor(), patience};
    auto ended = co_await (connect(socket, port) || alarm.async_wait(asio::use_awaitable));
    if (ended.index() != 0 || !std::get<0>(ended)) co_return;
    wait->greeted = true;
    wait->next.cancel();
}

awaitable<void> keep_trying(async::TaskGroup& attempts, std::shared_ptr<Wait> wait, std::uint16_t port,
                            std::function<awaitable<void>()> check) {
    while (!wait->greeted) {
        attempts.spawn(attempt(wait, port));
        wait->next.expires_after(between_attempts);
        auto [ended] = co_await wait->next.async_wait(asio::as_tuple(asio::use_awaitable));
        if (wait->greeted) break;
        if (ended) throw boost::system::system_error{ended};
        co_await check();
    }
}
} // namespace

awaitable<void> await_greeting(std::uint16_t port, std::function<awaitable<void>()> check) {
    auto executor = co_await asio::this_coro::executor;
    auto wait = std::make_shared<Wait>(executor);
    async::TaskGroup attempts{executor};
    std::exception_ptr failure;
    try {
        co_await keep_trying(attempts, wait, port, std::move(check));
    } catch (...) { failure = std::current_exception(); }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await attempts.stop();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (failure) std::rethrow_exception(failure);
}

} // namespace vireo::launch
