// SPDX-License-Identifier: Apache-2.0
#include "rpc/session.hpp"

#include "async/watchdog.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "rpc/disconnection_log.hpp"
#include "rpc/dispatcher.hpp"
#include "rpc/error_reply.hpp"
#include "rpc/stream.hpp"

#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace vireo::rpc {

namespace {
constexpr log::Source log{"rpc"};
constexpr std::size_t read_size = 256U << 10;
/// After this a session hands the loop on.
constexpr std::chrono::milliseconds turn_time{1};
constexpr std::size_t frames_between_clock_looks = 16;

/// What a turn reads into. One for all sessions: only unfinished messages stay with theirs.
std::array<char, read_size>& shared_input() {
    static std::array<char, read_size> buffer;
    return buffer;
}

/// False as long as the message that begins here has certainly not come whole. What no message can be like is
/// for `take_frames` to refuse at once: nothing is kept for it.
bool may_hold_message(std::string_view bytes) {
    if (bytes.size() < protocol::length_size) return false;
    auto size = xdr::decode<std::uint32_t>(bytes);
    auto descriptors = announced_descriptors(bytes);
    return bytes.size() >= size + descriptors || size > protocol::largest_frame ||
           descriptors > protocol::descriptor_limit;
}

Identity peer_of(int socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {};
    return {credentials.uid, credentials.gid, credentials.pid};
}
} // namespace

Session::Session(std::uint64_t id, Socket socket, const Dispatcher& dispatcher, MemoryBudget& budget,
                 SessionLimits limits, bool read_only)
    : id_{id}, socket_{std::move(socket)}, dispatcher_{dispatcher}, limits_{limits}, read_only_{read_only},
      identity_{peer_of(socket_.native_handle())}, tasks_{socket_.get_executor()}, unfinished_share_{budget},
      frame_alarm_{socket_.get_executor()}, keepalive_alarm_{socket_.get_executor()} {
    socket_.non_blocking(true);
}

Session::~Session() = default;

void Session::start(std::function<void()> on_closed) {
    on_closed_ = std::move(on_closed);
    wait_for_input();
}

void Session::close() {
    if (std::exchange(closed_, true)) return;
    boost::system::error_code ignored;
    socket_.close(ignored);
    frame_alarm_.cancel();
    keepalive_alarm_.cancel();
    descriptors_.clear();
    riders_.clear();
    for (auto& [serial, stream] : streams_) stream->close();
    if (on_closed_) std::exchange(on_closed_, nullptr)();
}

awaitable<void> Session::stop() {
    auto self = shared_from_this();
    close();
    co_await tasks_.stop();
    streams_.clear();
    if (data_) co_await data_->wind_up();
    data_.reset();
}

void Session::require_reader(bool allowed) const {
    if (!allowed)
        throw Error(
            ErrorCode::OperationDenied, ErrorDomain::Rpc,
            "operation denied: this connection may only read; connect to the read-write socket for it");
}

// ---- input
// ---------------------------------------------------------------------------------------------------------

bool Session::may_read() const {
    if (closed_ || waiting_calls_ >= limits_.waiting_calls || out_.size() > limits_.unread_answers ||
        riders_.size() > protocol::descriptor_limit)
        return false;
    for (const auto& [serial, stream] : streams_)
        if (stream->is_full()) return false;
    return true;
}

void Session::wait_for_input() {
    if (waiting_for_input_ || turn_posted_ || !may_read()) return;
    waiting_for_input_ = true;
    socket_.async_wait(Socket::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->waiting_for_input_ = false;
                           if (error) return self->close();
                           self->read_input();
                       });
}

void Session::read_input() {
    if (!may_read()) return;
    auto& input = shared_input();
    ssize_t got = 0;
    try {
        got = receive_input(input);
    } catch (const Error& error) { return refuse(error); }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return wait_for_input();
    if (got <= 0) return close();
    heard_ = true;
    std::string_view bytes{input.data(), static_cast<std::size_t>(got)};
    if (unfinished_.empty()) {
        take_frames(bytes);
    } else {
        if (!unfinished_share_.resize(unfinished_.size() + bytes.size())) {
            log_disconnection(identity_, "too many unfinished messages");
            return close();
        }
        unfinished_.append(bytes);
        close_strays(unfinished_);
        continue_reading();
    }
}

/// Nothing that a reader may ask for takes descriptors: the kernel drops those that it sends.
ssize_t Session::receive_input(std::span<char> space) {
    if (read_only_) return ::recv(socket_.native_handle(), space.data(), space.size(), MSG_DONTWAIT);
    return receive(socket_.native_handle(), space, descriptors_);
}

/// Closes the descriptors that came before the bytes on which those of a message ride: nobody waits for them.
void Session::close_strays(std::string_view rest) {
    if (descriptors_.empty()) return;
    if (rest.size() < protocol::length_size || rest.size() <= xdr::decode<std::uint32_t>(rest))
        descriptors_.clear();
}

void Session::refuse(const Error& why) {
    log_disconnection(identity_, why.what());
    close();
}

/// Handles what was kept from before, when it is a whole message by now.
void Session::continue_reading() {
    if (closed_) return;
    if (!may_hold_message(unfinished_)) return wait_for_input();
    std::string kept;
    kept.swap(unfinished_);
    take_frames(kept);
}

void Session::take_frames(std::string_view bytes) {
    auto self = shared_from_this();
    in_turn_ = true;
    auto begin = std::chrono::steady_clock::now();
    bool used_up = false, advanced = false;
    try {
        for (std::size_t count = 1; !closed_ && may_read(); ++count) {
            auto size = message_size(bytes);
            if (!size || bytes.size() < *size) break;
            auto frame = take_message(bytes.substr(0, *size));
            bytes.remove_prefix(*size);
            handle_frame(frame);
            advanced = true;
            if (count % frames_between_clock_looks == 0 &&
                std::chrono::steady_clock::now() - begin > turn_time) {
                used_up = true;
                break;
            }
        }
    } catch (const Error& error) {
        bytes = {};
        refuse(error);
    }
    in_turn_ = false;
    if (closed_) return;
    keep(bytes, advanced);
    flush();
    if (closed_) return;
    if (!used_up) return wait_for_input();
    turn_posted_ = true;
    asio::post(socket_.get_executor(), [self] {
        self->turn_posted_ = false;
        self->continue_reading();
    });
}

/// The frame of a whole message, with the descriptors that came behind it.
Frame Session::take_message(std::string_view message) {
    auto descriptors = announced_descriptors(message);
    auto frame = parse_frame(message.substr(0, message.size() - descriptors));
    if (descriptors > 0) frame.descriptors = std::exchange(descriptors_, {});
    return frame;
}

/// `advanced`: the rest begins another message than the one that was waited for.
void Session::keep(std::string_view rest, bool advanced) {
    if (!unfinished_share_.resize(rest.size())) return close();
    unfinished_ = std::string{rest};
    close_strays(rest);
    if (rest.empty()) {
        if (std::exchange(frame_alarm_set_, false)) frame_alarm_.cancel();
    } else if (advanced || !frame_alarm_set_) {
        set_frame_alarm();
    }
}

void Session::set_frame_alarm() {
    frame_alarm_set_ = true;
    frame_alarm_.expires_after(limits_.frame_deadline);
    frame_alarm_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error || self->closed_ || !self->frame_alarm_set_) return;
        if (!self->may_read()) return self->set_frame_alarm(); // we keep it waiting, not it us
        log_disconnection(self->identity_, "its message did not come whole in time");
        self->close();
    });
}

void Session::handle_frame(Frame& frame) {
    using enum protocol::MessageType;
    if (frame.header.program == protocol::Program::Keepalive) return handle_keepalive(frame);
    if (frame.header.type == Call || frame.header.type == CallWithDescriptors) return handle_call(frame);
    if (frame.header.type == Stream || frame.header.type == StreamHole) {
        auto stream = streams_.find(frame.header.serial);
        if (stream != streams_.end())
            stream->second->take(frame); // data of a stream that has ended is of no use
        return;
    }
    answer_error(frame.header,
                 std::make_exception_ptr(Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                                               fmt::format("messages of type {} are not understood",
                                                           static_cast<std::int32_t>(frame.header.type)))));
}

namespace {
/// Takes the count of descriptors from before the arguments. Throws Error (Rpc) unless as many came; those of
/// a reader never do.
void take_descriptor_count(Frame& frame, bool reader) {
    auto count = xdr::decode<std::uint32_t>(frame.body);
    frame.body.remove_prefix(sizeof count);
    if (!reader && frame.descriptors.size() != count)
        throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                    fmt::format("the call says that it brings {} descriptors, but {} came", count,
                                frame.descriptors.size()));
}
} // namespace

void Session::handle_call(Frame& frame) {
    try {
        const auto& header = frame.header;
        if (header.type == protocol::MessageType::CallWithDescriptors)
            take_descriptor_count(frame, read_only_);
        if (!dispatcher_.serves(header.program) || header.version != protocol::program_version)
            throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                        fmt::format("Cannot find program {} version {}",
                                    static_cast<std::uint32_t>(header.program), header.version));
        const auto& handler = dispatcher_.require(header.program, header.procedure);
        async::name_turn(handler.name);
        handler.invoke(handler, *this, frame);
    } catch (...) { answer_error(frame.header, std::current_exception()); }
}

// ---- output
// --------------------------------------------------------------------------------------------------------

void Session::answer_error(const protocol::Header& call, const std::exception_ptr& failure) {
    if (closed_) return;
    append_frame(out_, reply_to(call, protocol::MessageStatus::Error), error_body(failure));
    answered();
}

void Session::answered() {
    if (!in_turn_) flush();
}

void Session::call_finished() {
    --waiting_calls_;
    if (!in_turn_ && !turn_posted_ && !waiting_for_input_) continue_reading();
}

bool Session::room_for_event() {
    if (out_.size() < limits_.unread_events) return true;
    if (std::exchange(overdue_, true)) return false;
    log_disconnection(identity_, "it does not fetch its events");
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->close(); });
    return false;
}

void Session::flush_soon() {
    if (in_turn_ || std::exchange(flush_posted_, true)) return;
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->flush();
    });
}

void Session::flush() {
    if (closed_ || waiting_for_output_ || out_.empty()) return;
    auto sent = send(socket_.native_handle(), out_, riders_);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return close();
    if (sent == static_cast<ssize_t>(out_.size())) {
        constexpr std::size_t worth_keeping = 4096;
        if (out_.capacity() > worth_keeping)
            out_ = {};
        else
            out_.clear();
    } else if (sent > 0) {
        out_.erase(0, static_cast<std::size_t>(sent));
    }
    if (!out_.empty()) return wait_for_output();
    for (auto& [serial, stream] : streams_) stream->output_drained();
}

void Session::wait_for_output() {
    waiting_for_output_ = true;
    socket_.async_wait(
        Socket::wait_write, [self = shared_from_this()](const boost::system::error_code& error) {
            self->waiting_for_output_ = false;
            if (error) return self->close();
            self->flush();
            if (!self->in_turn_ && !self->turn_posted_ && !self->waiting_for_input_ && self->may_read())
                self->continue_reading();
        });
}

// ---- keepalive
// -----------------------------------------------------------------------------------------------------

namespace {
protocol::Header keepalive_message(std::int32_t which) {
    return {protocol::Program::Keepalive, protocol::program_version, which, protocol::MessageType::Message, 0,
            protocol::MessageStatus::Ok};
}
} // namespace

void Session::handle_keepalive(const Frame& frame) {
    if (frame.header.type != protocol::MessageType::Message ||
        frame.header.procedure != protocol::keepalive_ping)
        return;
    append_frame(out_, keepalive_message(protocol::keepalive_pong), protocol::Nothing{});
    answered();
}

void Session::start_keepalive() {
    if (limits_.keepalive_interval.count() <= 0 || std::exchange(keepalive_on_, true)) return;
    check_keepalive();
}

void Session::check_keepalive() {
    keepalive_alarm_.expires_after(limits_.keepalive_interval);
    keepalive_alarm_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error || self->closed_) return;
        bool listening = self->waiting_for_input_; // what is not read cannot be counted as silence
        if (std::exchange(self->heard_, false) || !listening)
            self->unanswered_pings_ = 0;
        else if (++self->unanswered_pings_ > self->limits_.keepalive_count) {
            log.info("a client (process {}) is disconnected: it answers no keepalive",
                     self->identity_.process);
            return self->close();
        } else {
            append_frame(self->out_, keepalive_message(protocol::keepalive_ping), protocol::Nothing{});
            self->flush();
        }
        if (!self->closed_) self->check_keepalive();
    });
}

// ---- streams
// -------------------------------------------------------------------------------------------------------

void Session::open_stream(const protocol::Header& call, std::unique_ptr<async::ByteChannel> channel) {
    if (streams_.contains(call.serial))
        throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                    fmt::format("call {} has a stream already", call.serial));
    if (streams_.size() >= limits_.open_streams)
        throw Error(ErrorCode::OperationFailed, ErrorDomain::Rpc,
                    fmt::format("a connection has {} streams at most: finish some", limits_.open_streams));
    auto stream = std::make_shared<Stream>(*this, call, std::move(channel));
    streams_[call.serial] = stream;
    tasks_.spawn(Stream::pump_to_client(stream));
    tasks_.spawn(Stream::pump_to_channel(stream));
}

} // namespace vireo::rpc
