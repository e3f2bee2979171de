// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "async/task_group.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "protocol/frame.hpp"
#include "rpc/descriptors.hpp"
#include "rpc/framing.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace vireo::client {

class Stream;

/// How often we ask whether the daemon is still there, and after how many unanswered questions it is not.
struct KeepaliveOptions {
    std::chrono::milliseconds interval{5000};
    int unanswered_limit = 5;
};

/// Many calls, streams and events over one socket. What the peer sends is taken apart with the limits of the
/// protocol; a message that breaks them ends the connection with an error, which every waiting call then
/// gets.
///
/// Memory is bounded: no message is larger than the protocol allows, and nothing is read from the socket
/// while a stream holds `stream_limit` bytes that its user has not fetched. So whoever opens a stream must
/// read it, or abort it, before waiting for other answers.
class Multiplexer : public std::enable_shared_from_this<Multiplexer> {
public:
    using Socket = asio::local::stream_protocol::socket;
    using EventHandler = std::function<void(std::string_view body)>;
    static constexpr std::size_t stream_limit = 4U << 20;

    explicit Multiplexer(Socket socket);

    /// Begins to read and write. Before the last owner goes, `stop()` must be awaited.
    void start();
    /// Begins to ask the peer for life signs.
    void start_keepalive(KeepaliveOptions options);
    /// Ends the connection; calls that still wait fail.
    awaitable<void> stop();
    /// Ends the connection with `reason`, which all calls then throw. The first reason stays.
    void fail(Error reason);
    bool failed() const { return failure_.has_value(); }
    /// Waits until the connection has ended for whatever reason.
    awaitable<void> wait_closed();

    /// Sends a call and returns the body of its answer, or throws what the peer answered as Error. `frame` is
    /// a whole call with this serial. (Serials come from `next_serial`.) `descriptors` are handed over behind
    /// it, each on a byte of its own; the frame says how many they are.
    awaitable<std::string> exchange(std::uint32_t serial, std::string frame,
                                    std::vector<Fd> descriptors = {});
    std::uint32_t next_serial() { return serial_++; }

    /// Calls `handler` for each message with this number that the peer sends by itself.
    void on_event(protocol::Program program, std::int32_t number, EventHandler handler);

    /// Streams are found again by the serial of the call that opened them.
    void attach(std::uint32_t serial, std::shared_ptr<Stream> stream) {
        streams_[serial] = std::move(stream);
    }
    void detach(std::uint32_t serial) { streams_.erase(serial); }
    /// Queues a frame and waits until what is queued is small again.
    awaitable<void> send(std::string frame);
    /// To be called by streams when they were read from: reading may go on.
    void resume_reading() { drained_.cancel(); }
    void require_alive() const {
        if (failure_) throw Error(*failure_);
    }
    asio::any_io_executor executor() { return socket_.get_executor(); }

private:
    struct Waiting {
        asio::steady_timer answered;
        std::optional<protocol::MessageStatus> status;
        std::string body;
    };
    awaitable<void> read_all();
    awaitable<void> write_all();
    /// Sends what is queued, and the descriptors that ride on it.
    awaitable<boost::system::error_code> write_next();
    awaitable<void> watch_peer(KeepaliveOptions options);
    void queue(std::string_view frame);
    void take(const rpc::Frame& frame);
    void take_reply(const rpc::Frame& frame);
    void take_keepalive(const rpc::Frame& frame);
    bool must_pause() const;

    Socket socket_;
    async::TaskGroup tasks_;
    asio::steady_timer has_output_, sent_, drained_, closed_; ///< cancelled to wake who waits
    std::string output_;
    std::deque<rpc::Rider> riders_; ///< descriptors that ride on bytes of `output_`
    std::uint32_t serial_ = 0;
    int unanswered_ = 0;
    std::optional<Error> failure_;
    std::unordered_map<std::uint32_t, std::shared_ptr<Waiting>> waiting_;
    std::unordered_map<std::uint32_t, std::shared_ptr<Stream>> streams_;
    std::map<std::pair<protocol::Program, std::int32_t>, EventHandler> events_;
};

} // namespace vireo::client
