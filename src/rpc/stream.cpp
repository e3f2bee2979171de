// SPDX-License-Identifier: Apache-2.0
#include "rpc/stream.hpp"

#include "base/error.hpp"
#include "rpc/error_reply.hpp"

#include <boost/asio/redirect_error.hpp>

namespace vireo::rpc {

namespace {
using protocol::MessageStatus;
using protocol::MessageType;

awaitable<void> wait_until_cancelled(asio::steady_timer& signal) {
    boost::system::error_code woken;
    co_await signal.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}
} // namespace

Stream::Stream(Session& session, const protocol::Header& call, std::unique_ptr<async::ByteChannel> channel)
    : session_{session}, packet_{call}, channel_{std::move(channel)},
      input_{session.socket_.get_executor(), asio::steady_timer::time_point::max()},
      room_{session.socket_.get_executor(), asio::steady_timer::time_point::max()} {
    packet_.type = MessageType::Stream;
}

void Stream::close() {
    if (std::exchange(closed_, true)) return;
    channel_->close();
    input_.cancel();
    room_.cancel();
}

void Stream::send(MessageStatus status, std::string_view bytes) {
    if (session_.closed_) return;
    packet_.status = status;
    FrameWriter frame{session_.out_, packet_};
    frame.write_bytes(bytes);
    frame.finish();
    session_.answered();
}

/// Tells the client that the stream broke, and forgets it.
void Stream::fail(const std::exception& failure) {
    if (closed_) return;
    close();
    session_.streams_.erase(packet_.serial);
    if (session_.closed_) return;
    packet_.status = MessageStatus::Error;
    Error error{ErrorCode::OperationFailed, ErrorDomain::Streams, failure.what()};
    append_frame(session_.out_, packet_, error_body(std::make_exception_ptr(error)));
    session_.answered();
}

void Stream::take(const Frame& frame) {
    if (closed_ || finished_) return;
    if (frame.header.type == MessageType::StreamHole)
        return fail(
            Error{ErrorCode::ArgumentUnsupported, ErrorDomain::Streams, "this stream takes no holes"});
    if (frame.header.status == MessageStatus::Error) { // the client aborts
        auto self = shared_from_this();
        close();
        session_.streams_.erase(packet_.serial);
        return send(MessageStatus::Ok, {});
    }
    if (frame.header.status == MessageStatus::Ok)
        finished_ = true;
    else {
        queue_.emplace_back(frame.body);
        queued_ += frame.body.size();
    }
    input_.cancel();
}

awaitable<void> Stream::wait_for_room() {
    while (!closed_ && session_.out_.size() > protocol::stream_chunk_limit)
        co_await wait_until_cancelled(room_);
}

awaitable<void> Stream::wait_for_input() {
    while (!closed_ && !finished_ && queue_.empty()) co_await wait_until_cancelled(input_);
}

awaitable<void> Stream::pump_to_client(std::shared_ptr<Stream> stream) {
    try {
        std::string chunk(64U << 10, '\0');
        while (!stream->closed_) {
            co_await stream->wait_for_room();
            auto got = co_await stream->channel_->read(chunk);
            if (stream->closed_) break;
            stream->send(MessageStatus::Continue, std::string_view{chunk}.substr(0, got)); // empty: the end
            if (got == 0) break;
        }
    } catch (const std::exception& failure) { stream->fail(failure); }
}

awaitable<void> Stream::pump_to_channel(std::shared_ptr<Stream> stream) {
    try {
        while (true) {
            co_await stream->wait_for_input();
            if (stream->closed_) co_return;
            if (stream->queue_.empty()) break; // finished
            auto bytes = std::move(stream->queue_.front());
            stream->queue_.pop_front();
            co_await stream->channel_->write(bytes);
            stream->queued_ -= bytes.size();
            if (!stream->session_.waiting_for_input_ && !stream->session_.in_turn_)
                stream->session_.continue_reading();
        }
        stream->close();
        stream->session_.streams_.erase(stream->packet_.serial);
        stream->send(MessageStatus::Ok, {});
    } catch (const std::exception& failure) { stream->fail(failure); }
}

} // namespace vireo::rpc
