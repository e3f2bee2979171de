// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "rpc/access.hpp"
#include "rpc/framing.hpp"
#include "rpc/session.hpp"

#include <map>
#include <memory>
#include <variant>
#include <vector>

namespace vireo::rpc {

/// Answers one procedure.
struct Handler {
    std::string_view name; // of the procedure
    AccessRule access;
    void* calls;                                      // the object whose method it is
    void (*invoke)(const Handler&, Session&, Frame&); // decodes, checks, calls, answers
};

/// An answer that is there already, or one that must be waited for.
template <class Ret> using NowOrLater = std::variant<Ret, awaitable<Ret>>;

template <class Result> constexpr bool may_wait = false;
template <class Ret> constexpr bool may_wait<NowOrLater<Ret>> = true;
template <class Result> constexpr bool waits = false;
template <class Result> constexpr bool waits<awaitable<Result>> = true;

/// Whether what a method returns is the answer of a procedure.
template <class Result, class Ret>
constexpr bool answers = std::is_same_v<Result, Ret> || std::is_same_v<Result, WithDescriptors<Ret>> ||
                         std::is_same_v<Result, xdr::Encoded<Ret>> || std::is_same_v<Ret, protocol::Nothing>;
template <class Result, class Ret> constexpr bool answers<awaitable<Result>, Ret> = answers<Result, Ret>;
template <class Ret> constexpr bool answers<NowOrLater<Ret>, Ret> = true;

/// The procedures that the sockets of one kind answer. Filled at start, then only looked at.
class Dispatcher {
public:
    /// A program without handlers is served all the same: its procedures answer NoSupport.
    explicit Dispatcher(std::vector<protocol::Program> programs);

    /// Binds `Method` of `calls` to a procedure. The method takes `(Session&, Args)`, or leaves out what it
    /// does not need, or takes `(Session&, Args, std::vector<Fd>)` to have the descriptors that came with the
    /// call; it gives some by returning WithDescriptors. One that returns a result is answered in place, in
    /// the turn that read the call, and may not wait; one that returns an awaitable becomes a task of the
    /// session; one that returns NowOrLater chooses at each call.
    template <auto Method, class Args, class Ret, class Calls>
    void on(const protocol::Procedure<Args, Ret>& procedure, Calls& calls) {
        add(procedure.program, procedure.number,
            {procedure.name, AccessRule{procedure}, &calls,
             [](const Handler& handler, Session& session, Frame& frame) {
                 auto args = xdr::decode<Args>(frame.body);
                 if (session.read_only())
                     session.require_reader(handler.access.allows_reader(selectors_of(args)));
                 auto& object = *static_cast<Calls*>(handler.calls);
                 using Result = decltype(call<Method>(object, session, frame, std::move(args)));
                 static_assert(answers<Result, Ret>);
                 if constexpr (waits<Result>)
                     session.answer_later(frame.header,
                                          call<Method>(object, session, frame, std::move(args)));
                 else if constexpr (may_wait<Result>) {
                     auto result = call<Method>(object, session, frame, std::move(args));
                     if (auto* answer = std::get_if<Ret>(&result))
                         session.answer(frame.header, std::move(*answer));
                     else
                         session.answer_later(frame.header, std::get<awaitable<Ret>>(std::move(result)));
                 } else if constexpr (std::is_void_v<Result>) {
                     call<Method>(object, session, frame, std::move(args));
                     session.answer(frame.header, protocol::Nothing{});
                 } else {
                     session.answer(frame.header, call<Method>(object, session, frame, std::move(args)));
                 }
             }});
    }

    bool serves(protocol::Program program) const { return handlers_.contains(program); }
    /// Throws Error for a procedure that does not exist or is not implemented.
    const Handler& require(protocol::Program program, std::int32_t number) const;
    bool implements(protocol::Program program, std::int32_t number) const;

private:
    template <auto Method, class Args>
    static auto call(auto& object, Session& session, Frame& frame, Args&& args) {
        if constexpr (requires { (object.*Method)(session, frame.header, std::forward<Args>(args)); })
            return (object.*Method)(session, frame.header, std::forward<Args>(args));
        else if constexpr (requires {
                               (object.*Method)(session, std::forward<Args>(args),
                                                std::move(frame.descriptors));
                           })
            return (object.*Method)(session, std::forward<Args>(args), std::move(frame.descriptors));
        else if constexpr (requires { (object.*Method)(session, std::forward<Args>(args)); })
            return (object.*Method)(session, std::forward<Args>(args));
        else if constexpr (requires { (object.*Method)(std::forward<Args>(args)); })
            return (object.*Method)(std::forward<Args>(args));
        else if constexpr (requires { (object.*Method)(session); })
            return (object.*Method)(session);
        else
            return (object.*Method)();
    }
    void add(protocol::Program program, std::int32_t number, Handler handler);
    std::map<protocol::Program, std::vector<std::unique_ptr<const Handler>>> handlers_; // by number
};

} // namespace vireo::rpc
