// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "client/multiplexer.hpp"
#include "client/stream.hpp"
#include "protocol/procedure.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace vireo::client {

struct OpenOptions {
    std::string uri; ///< empty: `default_uri()`
    bool read_only = false;
    std::chrono::milliseconds patience{30000}; ///< for connecting and the first answers
    KeepaliveOptions keepalive{};
};

/// An open connection to vireod or libvirtd. All calls may be made at the same time. Everything runs on the
/// executor that opened it.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// Connects, proves who we are, and opens the hypervisor. Throws Error.
    static awaitable<std::shared_ptr<Connection>> open(OpenOptions options);
    /// The same over a socket that is connected already.
    static awaitable<std::shared_ptr<Connection>> open(Multiplexer::Socket socket, OpenOptions options);
    /// Says goodbye (when the daemon still listens) and frees the socket. To be awaited before the last owner
    /// goes.
    awaitable<void> close();

    /// Calls the daemon. What it refuses is thrown as Error with its code, domain and message.
    template <class Args, class Ret>
    awaitable<Ret> call(const protocol::Procedure<Args, Ret>& procedure, const Args& args) {
        auto header = call_header(procedure.program, procedure.number);
        return decoded<Ret>(wire_, header.serial, encoded(header, args));
    }
    template <class Ret> awaitable<Ret> call(const protocol::Procedure<protocol::Nothing, Ret>& procedure) {
        return call(procedure, protocol::Nothing{});
    }

    /// The same with the fields of the arguments, in their order.
    template <class Args, class Ret, class... Fields>
    awaitable<Ret> call_with(const protocol::Procedure<Args, Ret>& procedure, Fields... fields) {
        return call(procedure, Args{std::move(fields)...});
    }

    /// Makes a call that opens a stream.
    template <class Args, class Ret>
    awaitable<std::shared_ptr<Stream>> open_stream(const protocol::Procedure<Args, Ret>& procedure,
                                                   const Args& args) {
        auto header = call_header(procedure.program, procedure.number);
        return opened_stream(header, encoded(header, args));
    }
    /// The same for a call that has an answer besides.
    template <class Args, class Ret>
    awaitable<std::pair<Ret, std::shared_ptr<Stream>>>
    open_answered_stream(const protocol::Procedure<Args, Ret>& procedure, const Args& args) {
        auto header = call_header(procedure.program, procedure.number);
        return answered_stream<Ret>(shared_from_this(), header, encoded(header, args));
    }

    /// Makes a call that hands open files over. Throws Error (InvalidArgument) when they are more than the
    /// protocol allows.
    template <class Args, class Ret>
    awaitable<Ret> call_with_descriptors(const protocol::Procedure<Args, Ret>& procedure, const Args& args,
                                         std::vector<Fd> descriptors) {
        auto header = call_header(procedure.program, procedure.number);
        header.type = protocol::MessageType::CallWithDescriptors;
        std::string frame;
        {
            rpc::FrameWriter writer{frame, header};
            writer.write(descriptor_count(descriptors.size()));
            writer.write(args);
            writer.finish();
        }
        return decoded<Ret>(wire_, header.serial, std::move(frame), std::move(descriptors));
    }

    /// Has `handler` called for each such event. The daemon sends it only to who asked for it by a call.
    template <class Message, class Handler>
    void on_event(const protocol::Event<Message>& event, Handler handler) {
        wire_->on_event(event.program, event.number, [handler = std::move(handler)](std::string_view body) {
            handler(xdr::decode<Message>(body));
        });
    }

    /// The URI with which it was opened, as the user wrote it.
    const std::string& uri() const { return uri_; }
    bool alive() const { return !wire_->failed(); }
    awaitable<void> wait_closed() { return wire_->wait_closed(); }

    Connection(std::shared_ptr<Multiplexer> wire, std::string uri)
        : wire_{std::move(wire)}, uri_{std::move(uri)} {}

private:
    protocol::Header call_header(protocol::Program program, std::int32_t number) {
        return {program,
                protocol::program_version,
                number,
                protocol::MessageType::Call,
                wire_->next_serial(),
                protocol::MessageStatus::Ok};
    }
    template <class Args> static std::string encoded(const protocol::Header& header, const Args& args) {
        std::string frame;
        rpc::append_frame(frame, header, args);
        return frame;
    }
    template <class Ret>
    static awaitable<Ret> decoded(std::shared_ptr<Multiplexer> wire, std::uint32_t serial, std::string frame,
                                  std::vector<Fd> descriptors = {}) {
        auto body = co_await wire->exchange(serial, std::move(frame), std::move(descriptors));
        co_return xdr::decode<Ret>(body);
    }
    template <class Ret>
    static awaitable<std::pair<Ret, std::shared_ptr<Stream>>>
    answered_stream(std::shared_ptr<Connection> self, protocol::Header header, std::string frame) {
        std::string body;
        auto stream = co_await self->opened_stream(header, std::move(frame), &body);
        co_return std::pair<Ret, std::shared_ptr<Stream>>{xdr::decode<Ret>(body), std::move(stream)};
    }
    /// The body of the answer is put into `answer`, if there is one.
    awaitable<std::shared_ptr<Stream>> opened_stream(protocol::Header header, std::string frame,
                                                     std::string* answer = nullptr);
    static std::uint32_t descriptor_count(std::size_t count);
    awaitable<void> shake_hands(std::string name, OpenOptions options);
    awaitable<void> authenticate();

    std::shared_ptr<Multiplexer> wire_;
    std::string uri_;
};

} // namespace vireo::client
