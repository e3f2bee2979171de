// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "base/fd.hpp"
#include "json/fwd.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vireo::qemu {

struct MonitorEvent;

/// Who is told what QEMU says by itself. Called in the order of arrival, from the monitor's own task; neither
/// may throw or wait.
struct MonitorListener {
    std::function<void(const MonitorEvent&)> on_event;
    /// Told once, with the reason in words, when QEMU has closed the connection or broken the protocol. Not
    /// told after `close()`.
    std::function<void(const std::string& reason)> on_end;
};

/// A QMP client on a stream socket (QEMU Machine Protocol specification). QEMU is not trusted: a line is at
/// most `line_limit` bytes, what is not QMP ends the connection, answers that nobody waits for are dropped.
class Monitor {
public:
    using Socket = asio::local::stream_protocol::socket;
    using Milliseconds = std::chrono::milliseconds;
    static constexpr std::size_t line_limit = 4U << 20;
    static constexpr Milliseconds default_deadline{30'000};

    /// Connects to the listening socket at `path`, hears the greeting and enables commands. Throws
    /// OperationFailed when nobody listens, OperationTimeout when QEMU is silent.
    static awaitable<std::unique_ptr<Monitor>> connect(std::string path, MonitorListener listener,
                                                       Milliseconds deadline = default_deadline);
    /// The same on a connected socket.
    static awaitable<std::unique_ptr<Monitor>> greet(Socket socket, MonitorListener listener,
                                                     Milliseconds deadline = default_deadline);
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;
    /// Closes.
    ~Monitor();

    /// Runs one command and returns its `return` value. Several may be under way; QEMU answers in its own
    /// order. Throws OperationFailed with the text of QEMU when it refuses and when the connection ends,
    /// OperationTimeout after `deadline` (the answer, should it still come, is dropped).
    awaitable<json::value> execute(std::string command, json::object arguments,
                                   Milliseconds deadline = default_deadline);
    /// Without arguments.
    awaitable<json::value> execute(std::string command, Milliseconds deadline = default_deadline);
    /// Passes on a whole command of somebody else, with descriptors that go with it, and returns the whole
    /// answer, also one that is an error. Throws as `execute` does, but for refusals.
    awaitable<json::object> pass_on(json::object message, std::vector<Fd> files,
                                    Milliseconds deadline = default_deadline);
    /// Names a descriptor, so that a later command can tell QEMU to use it (`getfd`). Throws as `execute`.
    awaitable<void> lend(std::string name, Fd file, Milliseconds deadline = default_deadline);

    /// Ends the connection; calls under way fail. The listener hears nothing any more.
    void close();
    bool is_open() const;

private:
    struct State;
    explicit Monitor(std::shared_ptr<State> state);
    std::shared_ptr<State> state_; // shared with the reading task, which ends soon after `close`
};

} // namespace vireo::qemu
