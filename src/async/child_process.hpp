// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "base/fd.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace vireo::async {

/// How a process ended: its exit code, or the signal that killed it.
struct ExitStatus {
    int code = 0;
    int signal = 0;
    bool success() const { return code == 0 && signal == 0; }
    std::string text() const;
};

/// A child of ours, held by its pidfd. Letting go of the object neither ends nor reaps it: who starts one
/// awaits it.
class ChildProcess {
public:
    /// Starts `arguments[0]` (looked up in PATH) with an empty signal mask and default signal actions. The
    /// child's descriptors are `descriptors`: the first becomes 0, the second 1, …; -1 means /dev/null. It
    /// has no others. Throws system_error.
    static ChildProcess spawn(const asio::any_io_executor& executor,
                              const std::vector<std::string>& arguments, const std::vector<int>& descriptors);

    pid_t pid() const { return pid_; }
    void kill(int signal);
    /// Waits for its end and reaps it. A cancelled wait may be repeated.
    awaitable<ExitStatus> wait();

private:
    ChildProcess(pid_t pid, asio::posix::stream_descriptor pidfd) : pid_{pid}, pidfd_{std::move(pidfd)} {}
    pid_t pid_;
    asio::posix::stream_descriptor pidfd_;
};

/// What a finished command said.
struct CommandOutput {
    ExitStatus status;
    std::string out;
    std::string err;
};

/// Runs a command to its end and collects what it writes (at most 16 MiB of each, the rest is dropped).
/// Killed, and reported by OperationTimeout, when it takes longer than `deadline`; killed, too, when the
/// caller is cancelled.
awaitable<CommandOutput> run_command(std::vector<std::string> arguments, std::chrono::milliseconds deadline);

} // namespace vireo::async
