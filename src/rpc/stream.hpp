// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/byte_channel.hpp"
#include "rpc/session.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <optional>

namespace vireo::rpc {

/// The two pumps between a client's stream and a channel. Each holds at most its window: the client's bytes
/// are not read from the socket while `window` of them wait for the channel, and the channel is not read
/// while the client leaves the session's answers unfetched. A hole counts as little as a message that is
/// almost empty.
class Stream : public std::enable_shared_from_this<Stream> {
public:
    Stream(Session& session, const protocol::Header& call, std::unique_ptr<async::ByteChannel> channel);

    static awaitable<void> pump_to_client(std::shared_ptr<Stream> stream);
    static awaitable<void> pump_to_channel(std::shared_ptr<Stream> stream);
    /// A packet of the client.
    void take(const Frame& frame);
    /// Ends both pumps.
    void close();
    bool is_full() const { return queued_ >= window; }
    /// The client has fetched what it was sent.
    void output_drained() { room_.cancel(); }

private:
    static constexpr std::size_t window = 1U << 20;

    /// A piece of what the client sends: bytes, or a hole of this size.
    struct Piece {
        std::string bytes;
        std::optional<std::uint64_t> hole;
        std::size_t cost() const { return bytes.size() + protocol::smallest_frame; } // while it waits
    };

    void send(protocol::MessageStatus status, std::string_view bytes);
    void send_hole(std::uint64_t bytes);
    Piece piece_of(const Frame& frame) const;
    void enqueue(Piece piece);
    void abort();
    awaitable<bool> pass_hole();
    void fail(const std::exception& failure);
    awaitable<void> wait_for_room();
    awaitable<void> wait_for_input();

    Session& session_; // outlives its streams' tasks
    protocol::Header packet_;
    std::unique_ptr<async::ByteChannel> channel_;
    async::SparseChannel* sparse_; // the same, when it knows of holes
    std::deque<Piece> queue_;      // from the client, not yet written
    std::size_t queued_ = 0;
    bool finished_ = false; // the client has sent its last
    bool closed_ = false;
    asio::steady_timer input_, room_; // cancelled when there is some
};

} // namespace vireo::rpc
