// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "base/error.hpp"
#include "rpc/framing.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace vireo::client {

class Multiplexer;

/// Bytes both ways beside the calls of a connection: a console, the content of a volume. It is opened by a
/// call
/// (`Connection::open_stream`) and ends by `finish` or `abort`, or by the daemon.
class Stream {
public:
    /// `call` is the header of the call that opens it.
    Stream(std::shared_ptr<Multiplexer> connection, const protocol::Header& call);

    /// The next bytes, or nothing at the end. Throws Error when the daemon broke the stream off.
    awaitable<std::string> receive();
    /// Sends `data`, in pieces that the protocol allows, and waits while too much is on its way.
    awaitable<void> send(std::string data);
    /// Says that all was sent, and waits until the daemon has taken it.
    awaitable<void> finish();
    /// Gives it up in both directions. Never waits for what the daemon still sends.
    awaitable<void> abort();

    /// For the Multiplexer: a packet of this stream came; the connection is gone; bytes that wait to be
    /// received.
    void take(const rpc::Frame& frame);
    void fail(const Error& reason);
    std::size_t held() const { return held_; }

private:
    std::string packet(protocol::MessageStatus status, std::string_view data) const;
    std::shared_ptr<Multiplexer> connection_;
    protocol::Header header_;
    std::deque<std::string> received_;
    std::size_t held_ = 0;
    bool at_end_ = false, confirmed_ = false, given_up_ = false;
    std::optional<Error> failure_;
    asio::steady_timer changed_; ///< cancelled to wake who waits
};

/// What the body of an error message says.
Error as_error(std::string_view body);

} // namespace vireo::client
