// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "async/job_queue.hpp"
#include "base/error.hpp"
#include "json/fwd.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vireo::qemu {

/// InternalError: the agent has refused a command, in its own words.
struct AgentRefusal : Error {
    AgentRefusal(const std::string& message, bool unknown_command);
    bool unknown_command; ///< it does not have it, or not now
};

/// The helper inside a guest that speaks the protocol of QEMU's guest agent over a channel, whose host's end
/// is a listening socket of QEMU. The guest is hostile: what it says is bounded in size and time, and it
/// costs its own callers only. There is a connection while a command is under way and as long as the last one
/// went well; commands run one at a time, in order of arrival.
///
/// Callers hold the agent by a shared_ptr while they await one of its methods. These throw AgentUnresponsive
/// when the agent is silent, gone, or talks nonsense, OperationTimeout when others had it for too long, and
/// AgentRefusal when it refuses.
class Agent {
public:
    /// How long an answer may take; none: for ever; zero: nobody wants it.
    using Patience = std::optional<std::chrono::milliseconds>;
    /// Whoever does not answer a plain "are you there?" in this time is not there.
    static constexpr std::chrono::milliseconds default_patience{5'000};
    /// Bytes of one answer, as much as a text of the wire may have; and of what is skipped before it.
    static constexpr std::size_t answer_limit = 4U << 20;

    Agent(asio::any_io_executor executor, std::string socket_path);
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;
    ~Agent();

    /// Runs one command and returns its `return` value.
    awaitable<json::value> execute(std::string command, json::object arguments, Patience patience);
    /// Without arguments.
    awaitable<json::value> execute(std::string command, Patience patience);
    /// Passes on a whole command of somebody else; the whole answer as JSON, unless that is an error. Empty:
    /// nobody waited for it.
    awaitable<std::string> pass_on(json::object message, Patience patience);
    /// For what is answered only when it is refused (`guest-shutdown`): returns also when the guest's end is
    /// closed, as `disconnect` tells.
    awaitable<void> send_off(std::string command, json::object arguments, Patience patience);

    /// The guest's end was closed, or the guest has stopped: who waits fails, the next command connects anew.
    void disconnect();
    /// For good.
    void close();

private:
    using Socket = asio::local::stream_protocol::socket;
    using Deadline = std::chrono::steady_clock::time_point;
    /// What ends a command well: an answer; or, also, that the guest leaves.
    enum class Ending { Answer, Departure };

    awaitable<json::object> ask(json::object message, Ending ending, Patience patience);
    /// Nothing: the guest left, or nobody waits for an answer.
    awaitable<std::optional<json::object>> converse(std::string line, Ending ending, Patience patience);
    void connect();
    awaitable<void> synchronise(Deadline deadline);
    awaitable<void> write(std::string bytes, Deadline deadline);
    /// The next line; the bytes before a mark of the agent's are dropped when one is awaited.
    awaitable<std::string> read_line(bool after_mark, Deadline deadline);
    awaitable<void> read_more(Deadline deadline);
    void hang_up();

    asio::any_io_executor executor_;
    std::string path_;
    async::JobQueue turns_;
    Socket socket_;
    std::string input_; ///< not yet taken
    std::uint32_t last_id_;
    bool closed_ = false;
};

} // namespace vireo::qemu
