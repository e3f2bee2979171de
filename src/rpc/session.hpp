// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/byte_channel.hpp"
#include "async/task_group.hpp"
#include "base/error.hpp"
#include "rpc/descriptors.hpp"
#include "rpc/framing.hpp"
#include "rpc/memory_budget.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>

namespace vireo::rpc {

class Dispatcher;
class Stream;

/// Who is at the other end of a unix socket (SO_PEERCRED). Until that is known it is nobody, never root.
struct Identity {
    uid_t user = static_cast<uid_t>(-1);
    gid_t group = static_cast<gid_t>(-1);
    pid_t process = 0;
};

/// How a session treats its client. The defaults are those of libvirtd.conf where it has such a key.
struct SessionLimits {
    std::chrono::milliseconds keepalive_interval{5000};
    int keepalive_count = 5;                          // unanswered pings after which the client is gone
    std::chrono::milliseconds frame_deadline{60'000}; // for the rest of a message whose first byte has come
    std::size_t waiting_calls = 64;                   // more are not read before some are answered
    std::size_t open_streams = 256;                   // each holds a descriptor and its window
    std::size_t unread_answers = 1U << 20; // bytes; calls are not read while more wait to be fetched
    std::size_t unread_events = 16U << 20; // bytes; who leaves more unfetched is disconnected
};

/// What the owner of a session keeps with it (the opened driver, callbacks).
struct SessionData {
    virtual ~SessionData() = default;
    /// The client is gone and the session's tasks have ended: the last chance to wait for something.
    virtual awaitable<void> wind_up() { co_return; }
};

/// A client's connection: reads calls, hands them to the dispatcher, sends answers, events and streams. Main
/// thread only. Never holds more of its client's bytes than one message, its streams' windows and the limits
/// allow.
class Session : public std::enable_shared_from_this<Session> {
public:
    using Socket = asio::local::stream_protocol::socket;

    /// `id` tells it from the server's other sessions, for ever.
    Session(std::uint64_t id, Socket socket, const Dispatcher& dispatcher, MemoryBudget& budget,
            SessionLimits limits, bool read_only);
    ~Session();

    /// Begins to read. `on_closed` is called once, when the client is gone or `close()` was called: the owner
    /// then awaits `stop()`.
    void start(std::function<void()> on_closed);
    /// Disconnects.
    void close();
    /// Disconnects, ends the session's tasks and waits for their end.
    awaitable<void> stop();

    std::uint64_t id() const { return id_; }
    std::chrono::system_clock::time_point connected_since() const { return connected_since_; }
    /// Calls that were begun and not answered yet.
    std::size_t waiting_calls() const { return waiting_calls_; }
    bool read_only() const { return read_only_; }
    /// The client asked for no more (CONNECT_OPEN with the read-only flag). There is no way back.
    void restrict_to_reading() { read_only_ = true; }
    const Identity& identity() const { return identity_; }
    SessionData* data() const { return data_.get(); }
    void set_data(std::unique_ptr<SessionData> data) { data_ = std::move(data); }

    /// Answers a call in place.
    template <class Ret> void answer(const protocol::Header& call, const Ret& result) {
        if (closed_) return;
        append_frame(out_, reply_to(call, protocol::MessageStatus::Ok), result);
        answered();
    }
    /// The same with descriptors: each rides on a byte of its own behind the frame.
    template <class Ret> void answer(const protocol::Header& call, WithDescriptors<Ret> answer) {
        if (closed_) return;
        auto header = reply_to(call, protocol::MessageStatus::Ok);
        header.type = protocol::MessageType::ReplyWithDescriptors;
        FrameWriter frame{out_, header};
        frame.write(static_cast<std::uint32_t>(answer.descriptors.size()));
        frame.write(answer.result);
        frame.finish();
        for (auto& descriptor : answer.descriptors) {
            riders_.push_back({out_.size(), std::move(descriptor)});
            out_.push_back('\0');
        }
        answered();
    }
    void answer_error(const protocol::Header& call, const std::exception_ptr& failure);
    /// Answers a call when `work` has ended. It goes on when the client hangs up: what was asked for is done
    /// whole.
    template <class Result> void answer_later(protocol::Header call, awaitable<Result> work) {
        ++waiting_calls_;
        spawn(finish_later(shared_from_this(), call, std::move(work)));
    }
    /// Throws OperationDenied unless `allowed`.
    void require_reader(bool allowed) const;

    template <class Message> void send_event(const protocol::Event<Message>& event, const Message& message) {
        if (closed_ || !room_for_event()) return;
        append_frame(out_,
                     {event.program, protocol::program_version, event.number, protocol::MessageType::Message,
                      0, protocol::MessageStatus::Ok},
                     message);
        flush_soon();
    }

    /// Connects `channel` to the stream that the answer to `call` opens: to be called before the answer is
    /// sent.
    void open_stream(const protocol::Header& call, std::unique_ptr<async::ByteChannel> channel);
    /// Pings the client from now on (it said that it understands keepalive messages).
    void start_keepalive();
    /// A task that ends with the session.
    void spawn(awaitable<void> task) { tasks_.spawn(std::move(task)); }

private:
    friend class Stream;

    template <class Result>
    static awaitable<void> finish_later(std::shared_ptr<Session> self, protocol::Header call,
                                        awaitable<Result> work) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        std::exception_ptr failure;
        try {
            if constexpr (std::is_void_v<Result>) {
                co_await std::move(work);
                self->answer(call, protocol::Nothing{});
            } else {
                auto result = co_await std::move(work);
                self->answer(call, std::move(result));
            }
        } catch (...) { failure = std::current_exception(); }
        if (failure) self->answer_error(call, failure);
        self->call_finished();
    }

    static protocol::Header reply_to(const protocol::Header& call, protocol::MessageStatus status) {
        return {call.program, call.version, call.procedure, protocol::MessageType::Reply,
                call.serial,  status};
    }

    void wait_for_input();
    void read_input();
    ssize_t receive_input(std::span<char> space);
    void close_strays(std::string_view rest);
    void refuse(const Error& why);
    /// Handles the whole frames in `bytes`, until the turn is used up, and keeps the rest.
    void take_frames(std::string_view bytes);
    void keep(std::string_view rest, bool advanced);
    void set_frame_alarm();
    Frame take_message(std::string_view message);
    void handle_frame(Frame& frame);
    void handle_call(Frame& frame);
    void handle_keepalive(const Frame& frame);
    void continue_reading();
    bool may_read() const;

    void answered();
    void call_finished();
    bool room_for_event();
    void flush_soon();
    void flush();
    void wait_for_output();
    void check_keepalive();

    std::uint64_t id_;
    std::chrono::system_clock::time_point connected_since_ = std::chrono::system_clock::now();
    Socket socket_;
    const Dispatcher& dispatcher_;
    SessionLimits limits_;
    bool read_only_;
    Identity identity_;
    std::unique_ptr<SessionData> data_;
    async::TaskGroup tasks_;
    std::function<void()> on_closed_;

    MemoryBudget::Share unfinished_share_;
    std::string unfinished_;      // input that was read and not yet handled
    std::vector<Fd> descriptors_; // that came with it
    std::string out_;             // output that was not yet sent
    std::deque<Rider> riders_;    // that go with it
    std::map<std::uint32_t, std::shared_ptr<Stream>> streams_;
    std::size_t waiting_calls_ = 0;
    bool closed_ = false;
    bool waiting_for_input_ = false, waiting_for_output_ = false;
    bool in_turn_ = false; // answers of this turn leave together at its end
    bool flush_posted_ = false;
    bool turn_posted_ = false;
    bool overdue_ = false; // too many events wait: it is about to be closed

    asio::steady_timer frame_alarm_;
    bool frame_alarm_set_ = false;
    asio::steady_timer keepalive_alarm_;
    bool heard_ = false; // since the last look
    int unanswered_pings_ = 0;
    bool keepalive_on_ = false;
};

} // namespace vireo::rpc
