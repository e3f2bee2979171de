// SPDX-License-Identifier: Apache-2.0
#include "rpc/stream.hpp"

#include "base/error.hpp"
#include "rpc/error_reply.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

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
      sparse_{dynamic_cast<async::SparseChannel*>(channel_.get())},
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

/// What is longer than one message can say goes in several.
void Stream::send_hole(std::uint64_t bytes) {
    constexpr std::uint64_t longest = std::numeric_limits<std::int64_t>::max();
    auto header = packet_;
    header.type = MessageType::StreamHole;
    header.status = MessageStatus::Continue;
    while (bytes > 0 && !session_.closed_) {
        auto length = std::min(bytes, longest);
        append_frame(session_.out_, header, protocol::StreamHole{static_cast<std::int64_t>(length), 0});
        session_.answered();
        bytes -= length;
    }
}

/// Tells the client that the stream broke, and forgets it.
void Stream::fail(const std::exception& failure) {
    if (closed_) return;
    close();
    session_.streams_.erase(packet_.serial);
    if (session_.closed_) return;
    packet_.status = MessageStatus::Error;
    const auto* known = dynamic_cast<const Error*>(&failure);
    Error error{known != nullptr ? known->code : ErrorCode::OperationFailed, ErrorDomain::Streams,
                failure.what()};
    append_frame(session_.out_, packet_, error_body(std::make_exception_ptr(error)));
    session_.answered();
}

void Stream::take(const Frame& frame) {
    if (closed_) return;
    auto self = shared_from_this(); // the session forgets it when it ends here
    try {
        if (frame.header.status == MessageStatus::Error) return abort();
        if (finished_)
            throw Error(ErrorCode::OperationInvalid, ErrorDomain::Streams,
                        "the client has finished this stream already");
        if (frame.header.status == MessageStatus::Ok)
            finished_ = true;
        else
            enqueue(piece_of(frame));
    } catch (const Error& failure) { return fail(failure); }
    input_.cancel();
}

void Stream::abort() {
    close();
    session_.streams_.erase(packet_.serial);
    send(MessageStatus::Ok, {});
}

void Stream::enqueue(Piece piece) {
    queued_ += piece.cost();
    queue_.push_back(std::move(piece));
}

/// Throws Error for a hole that no stream can have, and for any where the channel knows of none.
Stream::Piece Stream::piece_of(const Frame& frame) const {
    if (frame.header.type != MessageType::StreamHole) return {std::string{frame.body}, std::nullopt};
    auto hole = xdr::decode<protocol::StreamHole>(frame.body);
    if (sparse_ == nullptr)
        throw Error(ErrorCode::ArgumentUnsupported, ErrorDomain::Streams, "this stream takes no holes");
    if (hole.length < 0 || hole.flags != 0)
        throw Error(
            ErrorCode::InvalidArgument, ErrorDomain::Streams,
            fmt::format("a stream has no hole of {} bytes with flags {:#x}", hole.length, hole.flags));
    return {{}, static_cast<std::uint64_t>(hole.length)};
}

awaitable<void> Stream::wait_for_room() {
    while (!closed_ && session_.out_.size() > protocol::stream_chunk_limit)
        co_await wait_until_cancelled(room_);
}

awaitable<void> Stream::wait_for_input() {
    while (!closed_ && !finished_ && queue_.empty()) co_await wait_until_cancelled(input_);
}

/// Sends the hole that stands next in the channel; false when there is none.
awaitable<bool> Stream::pass_hole() {
    if (sparse_ == nullptr || closed_) co_return false;
    auto bytes = co_await sparse_->read_hole();
    send_hole(closed_ ? 0 : bytes);
    co_return bytes > 0;
}

awaitable<void> Stream::pump_to_client(std::shared_ptr<Stream> stream) {
    try {
        // The answer to the call goes first, also when the channel never waits.
        co_await asio::post(stream->session_.socket_.get_executor(), asio::use_awaitable);
        std::string chunk(64U << 10, '\0');
        while (!stream->closed_) {
            co_await stream->wait_for_room();
            bool was_hole = co_await stream->pass_hole();
            if (was_hole) continue;
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
            auto piece = std::move(stream->queue_.front());
            stream->queue_.pop_front();
            if (piece.hole)
                co_await stream->sparse_->write_hole(*piece.hole);
            else
                co_await stream->channel_->write(piece.bytes);
            stream->queued_ -= piece.cost();
            if (!stream->session_.waiting_for_input_ && !stream->session_.in_turn_)
                stream->session_.continue_reading();
        }
        stream->close();
        stream->session_.streams_.erase(stream->packet_.serial);
        stream->send(MessageStatus::Ok, {});
    } catch (const std::exception& failure) { stream->fail(failure); }
}

} // namespace vireo::rpc
