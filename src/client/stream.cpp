// SPDX-License-Identifier: Apache-2.0
#include "client/stream.hpp"

#include "client/multiplexer.hpp"

#include <boost/asio/redirect_error.hpp>

namespace vireo::client {

using protocol::MessageStatus;

namespace {
awaitable<void> wait_for(asio::steady_timer& signal) {
    boost::system::error_code cancelled;
    co_await signal.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
        throw boost::system::system_error(asio::error::operation_aborted);
}
} // namespace

Stream::Stream(std::shared_ptr<Multiplexer> connection, const protocol::Header& call)
    : connection_{std::move(connection)}, header_{call},
      changed_{connection_->executor(), asio::steady_timer::time_point::max()} {
    header_.type = protocol::MessageType::Stream;
}

awaitable<std::string> Stream::receive() {
    while (received_.empty() && !at_end_ && !failure_) co_await wait_for(changed_);
    if (received_.empty()) {
        if (failure_) throw Error(*failure_);
        co_return std::string{};
    }
    auto next = std::move(received_.front());
    received_.pop_front();
    held_ -= next.size();
    connection_->resume_reading();
    co_return next;
}

awaitable<void> Stream::send(std::string data) {
    for (std::size_t at = 0; at < data.size(); at += protocol::stream_chunk_limit) {
        if (failure_) throw Error(*failure_);
        auto piece = std::string_view{data}.substr(at, protocol::stream_chunk_limit);
        co_await connection_->send(packet(MessageStatus::Continue, piece));
    }
}

awaitable<void> Stream::finish() {
    co_await connection_->send(packet(MessageStatus::Ok, {}));
    while (!confirmed_ && !failure_) co_await wait_for(changed_);
    connection_->detach(header_.serial);
    if (failure_) throw Error(*failure_);
}

awaitable<void> Stream::abort() {
    if (std::exchange(given_up_, true) || confirmed_ || failure_) co_return;
    received_.clear();
    held_ = 0;
    connection_->detach(header_.serial);
    connection_->resume_reading();
    co_await connection_->send(packet(MessageStatus::Error, {}));
}

void Stream::take(const rpc::Frame& frame) {
    changed_.cancel();
    if (frame.header.type == protocol::MessageType::StreamHole) {
        failure_ =
            Error(ErrorCode::Rpc, ErrorDomain::Streams, "the daemon sent a hole in a stream that has none");
    } else if (frame.header.status == MessageStatus::Error) {
        failure_ = as_error(frame.body);
    } else if (frame.header.status == MessageStatus::Ok) {
        at_end_ = confirmed_ = true;
    } else if (frame.body.empty()) {
        at_end_ = true;
    } else if (!at_end_) {
        received_.emplace_back(frame.body);
        held_ += frame.body.size();
    }
    if (failure_) connection_->detach(header_.serial);
}

void Stream::fail(const Error& reason) {
    failure_ = reason;
    changed_.cancel();
}

std::string Stream::packet(MessageStatus status, std::string_view data) const {
    auto header = header_;
    header.status = status;
    std::string bytes;
    rpc::FrameWriter frame{bytes, header};
    frame.write_bytes(data);
    frame.finish();
    return bytes;
}

} // namespace vireo::client
