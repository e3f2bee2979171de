// SPDX-License-Identifier: Apache-2.0
#include "client/multiplexer.hpp"

#include "client/stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>

#include <cerrno>
#include <utility>

namespace vireo::client {

using protocol::MessageType;

namespace {
/// Beyond this much unsent output, `send` waits.
constexpr std::size_t output_limit = 1U << 20;
constexpr std::size_t read_step = 64U << 10;
constexpr auto for_ever = asio::steady_timer::time_point::max();

Error lost(const std::string& why) { return {ErrorCode::Rpc, ErrorDomain::Rpc, why}; }

awaitable<void> wait_for(asio::steady_timer& signal) {
    boost::system::error_code cancelled;
    co_await signal.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}
} // namespace

Error as_error(std::string_view body) {
    auto told = xdr::decode<protocol::RemoteError>(body);
    return {static_cast<ErrorCode>(told.code), static_cast<ErrorDomain>(told.domain),
            told.message.value_or("the daemon reported an error without a message")};
}

Multiplexer::Multiplexer(Socket socket)
    : socket_{std::move(socket)}, tasks_{socket_.get_executor()},
      has_output_{socket_.get_executor(), for_ever}, sent_{socket_.get_executor(), for_ever},
      drained_{socket_.get_executor(), for_ever}, closed_{socket_.get_executor(), for_ever} {}

void Multiplexer::start() {
    tasks_.spawn(read_all());
    tasks_.spawn(write_all());
}

void Multiplexer::start_keepalive(KeepaliveOptions options) { tasks_.spawn(watch_peer(options)); }

awaitable<void> Multiplexer::stop() {
    auto self = shared_from_this();
    fail(lost("the connection is closed"));
    co_await tasks_.stop();
}

void Multiplexer::fail(Error reason) {
    if (failure_) return;
    failure_ = std::move(reason);
    boost::system::error_code ignored; // the socket goes in any case
    socket_.close(ignored);
    for (auto& [serial, call] : std::exchange(waiting_, {})) call->answered.cancel();
    for (auto& [serial, stream] : std::exchange(streams_, {})) stream->fail(*failure_);
    for (auto* signal : {&has_output_, &sent_, &drained_, &closed_}) signal->cancel();
}

awaitable<void> Multiplexer::wait_closed() {
    while (!failure_) co_await wait_for(closed_);
}

awaitable<std::string> Multiplexer::exchange(std::uint32_t serial, std::string frame,
                                             std::vector<Fd> descriptors) {
    auto self = shared_from_this();
    require_alive();
    auto call = std::make_shared<Waiting>(asio::steady_timer{socket_.get_executor(), for_ever});
    waiting_[serial] = call;
    queue(frame);
    for (auto& descriptor : descriptors) {
        riders_.push_back({output_.size(), std::move(descriptor)});
        output_ += '\0';
    }
    co_await wait_for(call->answered);
    if (!call->status) {
        waiting_.erase(serial);
        require_alive();
        throw Error(ErrorCode::OperationAborted, ErrorDomain::Remote,
                    "the call was given up before its answer came");
    }
    if (call->status == protocol::MessageStatus::Error) throw as_error(call->body);
    co_return std::move(call->body);
}

void Multiplexer::on_event(protocol::Program program, std::int32_t number, EventHandler handler) {
    events_[{program, number}] = std::move(handler);
}

awaitable<void> Multiplexer::send(std::string frame) {
    auto self = shared_from_this();
    require_alive();
    queue(frame);
    while (output_.size() > output_limit && !failure_) co_await wait_for(sent_);
    require_alive();
}

void Multiplexer::queue(std::string_view frame) {
    output_.append(frame);
    has_output_.cancel();
}

awaitable<void> Multiplexer::write_all() {
    auto self = shared_from_this();
    while (!failure_) {
        if (output_.empty()) {
            co_await wait_for(has_output_);
            continue;
        }
        auto failure = co_await write_next();
        if (failure) fail(lost("writing to the daemon failed: " + failure.message()));
        sent_.cancel();
    }
}

awaitable<boost::system::error_code> Multiplexer::write_next() {
    auto going = std::exchange(output_, {});
    auto riders = std::exchange(riders_, {});
    for (std::string_view left{going}; !left.empty();) {
        if (auto sent = rpc::send(socket_.native_handle(), left, riders); sent >= 0) {
            left.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) co_return boost::system::error_code{errno, boost::system::system_category()};
        auto [failure] = co_await socket_.async_wait(Socket::wait_write, asio::as_tuple(asio::use_awaitable));
        if (failure) co_return failure;
    }
    co_return boost::system::error_code{};
}

awaitable<void> Multiplexer::read_all() {
    auto self = shared_from_this();
    std::string input;
    std::size_t used = 0;
    while (!failure_) {
        auto step = std::max(read_step, input.size()); // doubling, so that a large message is copied rarely
        input.resize(used + std::min(step, protocol::largest_frame));
        auto [failure, size] = co_await socket_.async_read_some(
            asio::buffer(input.data() + used, input.size() - used), asio::as_tuple(asio::use_awaitable));
        if (failure == asio::error::eof) fail(lost("the daemon closed the connection"));
        if (failure) fail(lost("reading from the daemon failed: " + failure.message()));
        used += size;
        std::size_t taken = 0;
        try {
            while (!failure_) {
                auto rest = std::string_view{input}.substr(taken, used - taken);
                auto whole = rpc::frame_size(rest);
                if (!whole || *whole > rest.size()) break;
                take(rpc::parse_frame(rest.substr(0, *whole)));
                taken += *whole;
            }
        } catch (const std::exception& error) { fail(lost(error.what())); }
        input.erase(0, taken);
        used -= taken;
        if (input.size() > used + 2 * read_step && used < read_step) {
            input.resize(used);
            input.shrink_to_fit();
        }
        while (must_pause() && !failure_) co_await wait_for(drained_);
    }
}

bool Multiplexer::must_pause() const {
    return std::ranges::any_of(streams_,
                               [](const auto& entry) { return entry.second->held() > stream_limit; });
}

void Multiplexer::take(const rpc::Frame& frame) {
    const auto& header = frame.header;
    unanswered_ = 0;
    if (header.version != protocol::program_version)
        throw lost("the daemon speaks an unknown version of the protocol");
    if (header.program == protocol::Program::Keepalive) return take_keepalive(frame);
    switch (header.type) {
    case MessageType::Reply: return take_reply(frame);
    case MessageType::Message:
        if (auto handler = events_.find({header.program, header.procedure}); handler != events_.end())
            handler->second(frame.body);
        return;
    case MessageType::Stream:
    case MessageType::StreamHole: {
        auto found = streams_.find(header.serial);
        if (found == streams_.end()) return; // the rest of a stream that we gave up
        auto stream = found->second;
        return stream->take(frame);
    }
    default: throw lost("the daemon sent a message of a kind that only clients send");
    }
}

void Multiplexer::take_reply(const rpc::Frame& frame) {
    auto found = waiting_.find(frame.header.serial);
    if (found == waiting_.end()) throw lost("the daemon answered a call that was not made");
    auto call = std::move(found->second);
    waiting_.erase(found);
    call->status = frame.header.status;
    call->body = frame.body;
    call->answered.cancel();
}

void Multiplexer::take_keepalive(const rpc::Frame& frame) {
    if (frame.header.procedure != protocol::keepalive_ping) return;
    protocol::Header pong = frame.header;
    pong.procedure = protocol::keepalive_pong;
    if (output_.size() > output_limit) return; // it asks faster than it reads
    rpc::append_frame(output_, pong, protocol::Nothing{});
    has_output_.cancel();
}

awaitable<void> Multiplexer::watch_peer(KeepaliveOptions options) {
    auto self = shared_from_this();
    asio::steady_timer alarm{socket_.get_executor()};
    while (!failure_) {
        alarm.expires_after(options.interval);
        co_await alarm.async_wait(asio::use_awaitable);
        if (unanswered_ >= options.unanswered_limit)
            fail(lost("the daemon gives no sign of life: the connection is closed"));
        if (failure_) break;
        ++unanswered_;
        protocol::Header ping{protocol::Program::Keepalive,
                              protocol::program_version,
                              protocol::keepalive_ping,
                              MessageType::Message,
                              0,
                              protocol::MessageStatus::Ok};
        rpc::append_frame(output_, ping, protocol::Nothing{});
        has_output_.cancel();
    }
}

} // namespace vireo::client
