// SPDX-License-Identifier: Apache-2.0
#include "async/child_process.hpp"

#include "base/error.hpp"
#include "base/pidfd.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstring>
#include <system_error>

extern char** environ; // NOLINT(readability-redundant-declaration)

namespace vireo::async {

namespace {
void check(int error, const char* what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

/// posix_spawn's two argument objects, given back at the end of the scope.
struct SpawnPlan {
    SpawnPlan() {
        check(::posix_spawn_file_actions_init(&actions), "posix_spawn");
        check(::posix_spawnattr_init(&attributes), "posix_spawn");
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// Numbers the child's descriptors from 0 on. Sources are first moved above all targets, so that none is
    /// overwritten before its turn.
    void number(const std::vector<int>& descriptors) {
        auto count = static_cast<int>(descriptors.size());
        for (int target = 0; target < count; ++target) {
            int source = descriptors[static_cast<std::size_t>(target)];
            if (source < 0) continue;
            Fd copy{::fcntl(source, F_DUPFD_CLOEXEC, count)};
            if (!copy) check(errno, "fcntl");
            check(::posix_spawn_file_actions_adddup2(&actions, copy.get(), target), "posix_spawn");
            copies.push_back(std::move(copy));
        }
        for (int target = 0; target < count; ++target)
            if (descriptors[static_cast<std::size_t>(target)] < 0)
                check(::posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0),
                      "posix_spawn");
        check(::posix_spawn_file_actions_addclosefrom_np(&actions, count), "posix_spawn");
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    std::vector<Fd> copies;
};

constexpr std::size_t output_limit = 16U << 20;

awaitable<void> collect(asio::posix::stream_descriptor& pipe, std::string& text) {
    std::array<char, 4096> chunk{};
    for (boost::system::error_code error;;) {
        auto got = co_await pipe.async_read_some(asio::buffer(chunk),
                                                 asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::eof) co_return;
        if (error) throw boost::system::system_error(error);
        text.append(chunk.data(), std::min(got, output_limit - text.size()));
    }
}

struct Pipe {
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) check(errno, "pipe2");
        read = Fd{ends[0]};
        write = Fd{ends[1]};
    }
    Fd read, write;
};
} // namespace

std::string ExitStatus::text() const {
    if (signal != 0) return fmt::format("killed by signal {} ({})", signal, ::strsignal(signal));
    return fmt::format("exit code {}", code);
}

ChildProcess ChildProcess::spawn(const asio::any_io_executor& executor,
                                 const std::vector<std::string>& arguments,
                                 const std::vector<int>& descriptors) {
    SpawnPlan plan;
    plan.number(descriptors);
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_t pid = 0;
    check(::posix_spawnp(&pid, argv[0], &plan.actions, &plan.attributes, argv.data(), environ), argv[0]);
    try {
        Fd pidfd{::pidfd_open(pid, 0)};
        if (!pidfd) check(errno, "pidfd_open");
        asio::posix::stream_descriptor watched{executor};
        watched.assign(pidfd.get());
        pidfd.release();
        return {pid, std::move(watched)};
    } catch (...) { // no descriptor left, say: nobody would ever know of it
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        throw;
    }
}

void ChildProcess::kill(int signal) { ::pidfd_send_signal(pidfd_.native_handle(), signal, nullptr, 0); }

awaitable<ExitStatus> ChildProcess::wait() {
    siginfo_t info{};
    for (bool ended = false; !ended;) {
        co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
        ended = ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.native_handle()), &info, WEXITED) == 0;
        // Asio may report an event of a descriptor that was closed before and whose bookkeeping this one has
        // now.
        if (!ended && errno != EAGAIN) check(errno, "waitid");
    }
    if (info.si_code == CLD_EXITED) co_return ExitStatus{info.si_status, 0};
    co_return ExitStatus{0, info.si_status};
}

awaitable<CommandOutput> run_command(std::vector<std::string> arguments, std::chrono::milliseconds deadline) {
    using namespace asio::experimental::awaitable_operators;
    auto executor = co_await asio::this_coro::executor;
    Pipe out, err;
    std::vector<int> descriptors{-1, out.write.get(), err.write.get()};
    auto child = ChildProcess::spawn(executor, arguments, descriptors);
    out.write.reset();
    err.write.reset();
    asio::posix::stream_descriptor out_end{executor, out.read.release()},
        err_end{executor, err.read.release()};
    asio::steady_timer alarm{executor, deadline};
    CommandOutput output;
    std::exception_ptr failure;
    bool late = false;
    try {
        auto finished =
            co_await ((collect(out_end, output.out) && collect(err_end, output.err) && child.wait()) ||
                      alarm.async_wait(asio::use_awaitable));
        late = finished.index() == 1;
        if (!late) output.status = std::get<0>(finished);
    } catch (...) { failure = std::current_exception(); }
    if (late || failure) { // a cancelled caller, say: the child goes with it
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        child.kill(SIGKILL);
        co_await child.wait();
    }
    if (failure) std::rethrow_exception(failure);
    if (late)
        throw Error(ErrorCode::OperationTimeout, ErrorDomain::None,
                    fmt::format("'{}' did not finish within {} ms", arguments.front(), deadline.count()));
    co_return output;
}

} // namespace vireo::async
