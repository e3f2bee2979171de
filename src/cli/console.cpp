// SPDX-License-Identifier: Apache-2.0
#include "cli/console.hpp"

#include "async/task_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <termios.h>
#include <unistd.h>

namespace vireo::cli {

namespace {
/// The byte that a key sends: "^]" is 0x1d, "x" itself. Throws Error for more than one key.
char leave_key(const std::string& escape) {
    if (escape.size() == 1) return escape.front();
    if (escape.size() != 2 || escape.front() != '^')
        throw usage_error(fmt::format("'{}' is no key to leave with: it is one such as ^] or x", escape));
    return static_cast<char>(std::toupper(static_cast<unsigned char>(escape.back())) ^ 0x40);
}

Error system_error(std::string_view what) {
    return {ErrorCode::SystemError, ErrorDomain::None, fmt::format("{}: {}", what, std::strerror(errno))};
}

/// Standard input passes every key on while this lives, if it is a terminal.
class RawTerminal {
public:
    RawTerminal() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        auto raw = before_;
        ::cfmakeraw(&raw);
        active_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0;
    }
    ~RawTerminal() {
        if (active_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;

private:
    termios before_{};
    bool active_ = false;
};

/// What both directions of one console share.
struct Session {
    std::shared_ptr<client::Stream> stream;
    asio::steady_timer ended;
    std::exception_ptr failure;
    void end(std::exception_ptr reason) {
        if (!failure) failure = std::move(reason);
        ended.expires_at(asio::steady_timer::time_point::min());
    }
};

void write_out(std::string_view bytes) {
    while (!bytes.empty()) {
        auto size = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) throw system_error("the output cannot be written");
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

awaitable<void> show_output(std::shared_ptr<Session> session) {
    std::exception_ptr failure;
    try {
        for (auto bytes = co_await session->stream->receive(); !bytes.empty();) {
            write_out(bytes);
            bytes = co_await session->stream->receive();
        }
    } catch (const Error&) { failure = std::current_exception(); }
    session->end(std::move(failure));
}

/// Standard input stays in blocking mode (others share its description), so readiness is awaited first.
awaitable<std::string> read_input(asio::posix::stream_descriptor& input) {
    auto [failure] = co_await input.async_wait(asio::posix::stream_descriptor::wait_read,
                                               asio::as_tuple(asio::use_awaitable));
    if (failure == asio::error::operation_aborted) throw boost::system::system_error(failure);
    // Other failures are those of a regular file, which cannot be awaited and need not be.
    std::string bytes(4096, '\0');
    auto size = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (size < 0) throw system_error("the input cannot be read");
    bytes.resize(static_cast<std::size_t>(size));
    co_return bytes;
}

awaitable<void> send_input(std::shared_ptr<Session> session, char leave_key) {
    std::exception_ptr failure;
    bool left = false;
    try {
        asio::posix::stream_descriptor input{co_await asio::this_coro::executor, ::dup(STDIN_FILENO)};
        for (auto bytes = co_await read_input(input); !bytes.empty();) {
            auto leave = bytes.find(leave_key);
            left = leave != bytes.npos;
            if (left) bytes.resize(leave);
            co_await session->stream->send(std::move(bytes));
            if (left) break;
            bytes = co_await read_input(input);
        }
    } catch (const Error&) { failure = std::current_exception(); }
    if (left || failure) session->end(std::move(failure));
}
} // namespace

awaitable<void> run_console(Shell& shell, client::Domain domain, std::optional<std::string> device,
                            std::uint32_t flags) {
    auto executor = co_await asio::this_coro::executor;
    const auto& escape = shell.options().escape;
    auto key = leave_key(escape);
    shell.print_extra("Connected to domain '{}'\nEscape character is {}{}\n", domain.name(), escape,
                      escape.size() == 2 ? fmt::format(" (Ctrl + {})", escape.back()) : "");
    shell.flush();
    auto stream = co_await domain.open_console(std::move(device), flags);
    auto session = std::make_shared<Session>(
        stream, asio::steady_timer{executor, asio::steady_timer::time_point::max()});
    async::TaskGroup directions{executor};
    {
        RawTerminal raw;
        directions.spawn(show_output(session));
        directions.spawn(send_input(session, key));
        co_await session->ended.async_wait(asio::as_tuple(asio::use_awaitable));
        co_await directions.stop();
        if (!session->failure) co_await stream->abort();
    }
    shell.print_extra("\n");
    if (session->failure) std::rethrow_exception(session->failure);
}

} // namespace vireo::cli
