// SPDX-License-Identifier: Apache-2.0
#include "async/child_process.hpp"

#include "async/process.hpp"
#include "base/error.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace vireo::async {

CommandOutput run(std::vector<std::string> arguments,
                  std::chrono::milliseconds deadline = std::chrono::seconds{30}) {
    asio::io_context loop;
    auto result = asio::co_spawn(loop, run_command(std::move(arguments), deadline), asio::use_future);
    loop.run();
    return result.get();
}

TEST(RunCommand, CollectsOutputAndExitCode) {
    auto output = run({"sh", "-c", "echo out; echo err >&2; exit 3"});
    EXPECT_EQ(output.out, "out\n");
    EXPECT_EQ(output.err, "err\n");
    EXPECT_EQ(output.status.code, 3);
}

TEST(RunCommand, ReportsSignals) {
    auto output = run({"sh", "-c", "kill -9 $$"});
    EXPECT_EQ(output.status.signal, SIGKILL);
    EXPECT_FALSE(output.status.success());
}

TEST(RunCommand, EndsWhatHangs) {
    EXPECT_THROW(run({"sleep", "1000"}, std::chrono::milliseconds{20}), Error);
}

TEST(RunCommand, EndsWhatHangsWithItsOutputClosed) {
    EXPECT_THROW(run({"sh", "-c", "exec >&- 2>&-; exec sleep 1000"}, std::chrono::milliseconds{200}), Error);
}

TEST(RunCommand, LeavesNothingBehindWhenItIsCancelled) {
    asio::io_context loop;
    asio::cancellation_signal cancel;
    bool aborted = false;
    auto done = [&](const std::exception_ptr& failure, const CommandOutput&) {
        aborted = failure != nullptr;
    };
    std::vector<std::string> sleep{"sleep", "1000"};
    asio::co_spawn(loop, run_command(sleep, std::chrono::hours{1}),
                   asio::bind_cancellation_slot(cancel.slot(), done));
    loop.poll(); // the child runs
    cancel.emit(asio::cancellation_type::terminal);
    loop.run();
    EXPECT_TRUE(aborted);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child lives or was not reaped";
}

TEST(RunCommand, NamesAMissingProgram) { EXPECT_THROW(run({"/no/such/program"}), std::system_error); }

TEST(RunCommand, PassesOnNoDescriptorOfOurs) {
    Fd ours{::dup(0)};                                           // without CLOEXEC
    EXPECT_EQ(run({"ls", "/proc/self/fd"}).out, "0\n1\n2\n3\n"); // the last is the directory that ls reads
}

TEST(ProcessIdentity, TellsAProcessFromItsSuccessor) {
    auto self = identify_process(::getpid());
    ASSERT_TRUE(self);
    EXPECT_TRUE(find_process(*self));
    EXPECT_FALSE(find_process({self->pid, self->start_time + 1}));
    EXPECT_FALSE(identify_process(0x7fffffff));
}

/// Neither without any descriptor nor with one, which the pidfd takes.
TEST(ProcessIdentity, ALivingProcessIsNotTakenForDeadForWantOfDescriptors) {
    auto self = identify_process(::getpid());
    ASSERT_TRUE(self);
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    int lowest_free = ::dup(0);
    ::close(lowest_free);
    for (int left : {0, 1}) {
        rlimit few{static_cast<rlim_t>(lowest_free + left), before.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &few);
        EXPECT_THROW(find_process(*self), std::system_error) << left;
        ::setrlimit(RLIMIT_NOFILE, &before);
    }
    EXPECT_TRUE(find_process(*self));
}

TEST(ProcessIdentity, AZombieIsDead) {
    asio::io_context loop;
    auto child = ChildProcess::spawn(loop.get_executor(), {"true"}, {-1, -1, -1});
    auto result = asio::co_spawn(loop, child.wait(), asio::use_future);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT);
    EXPECT_FALSE(identify_process(child.pid()));
    loop.run();
    EXPECT_TRUE(result.get().success());
}

} // namespace vireo::async
