// SPDX-License-Identifier: Apache-2.0
#include "launcher/launch.hpp"

#include "base/error.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/use_future.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace vireo::launcher {

/// Everything a program started here leaves behind: its log and its files.
class Launch : public testing::Test {
protected:
    Launch() {
        char path[] = "/tmp/vireo-launch-XXXXXX";
        directory = ::mkdtemp(path);
        log = Fd{::open((directory / "log").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    }
    ~Launch() override { std::filesystem::remove_all(directory); }

    Plan shell(const std::string& script) const {
        Plan plan;
        plan.arguments = {"/bin/sh", "-c", script};
        plan.environment = {"PATH=/usr/bin:/bin"};
        plan.log = log.get();
        return plan;
    }
    std::string said() const { return content("log"); }
    std::string content(const char* name) const {
        std::ifstream file{directory / name};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    /// Launches, waits for the end, returns the exit status.
    async::ExitStatus run(Plan plan, std::chrono::milliseconds deadline = std::chrono::seconds{30}) {
        asio::io_context loop;
        auto result = asio::co_spawn(loop, run_and_wait(std::move(plan), deadline), asio::use_future);
        loop.run();
        return result.get();
    }
    awaitable<async::ExitStatus> run_and_wait(Plan plan, std::chrono::milliseconds deadline) {
        auto child = co_await launch(LAUNCHER, std::move(plan), deadline);
        co_return co_await child.wait();
    }
    std::string failure_of(Plan plan) {
        try {
            run(std::move(plan));
        } catch (const Error& error) {
            EXPECT_EQ(error.code, ErrorCode::OperationFailed);
            return error.what();
        }
        return "none";
    }

    std::filesystem::path directory;
    Fd log;
};

TEST_F(Launch, RunsTheProgramAsPlanned) {
    auto plan = shell("echo $GREETING; pwd; umask; echo to-stderr >&2; exit 7");
    plan.environment.emplace_back("GREETING=hello");
    plan.working_directory = "/usr";
    plan.umask = 0027;
    EXPECT_EQ(run(plan).code, 7);
    EXPECT_EQ(said(), "hello\n/usr\n0027\nto-stderr\n");
}

TEST_F(Launch, LeadsASessionWithTheDefaultsOfSignals) {
    auto session =
        shell("ps -o sid= -p $$ | tr -d ' ' >&1; echo $$; grep -E 'SigBlk|SigIgn' /proc/self/status");
    sigset_t block, before;
    ::sigemptyset(&block);
    ::sigaddset(&block, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &block, &before);
    auto handler = ::signal(SIGPIPE, SIG_IGN);
    run(session);
    ::signal(SIGPIPE, handler);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    auto text = said();
    auto first = text.substr(0, text.find('\n') + 1);
    EXPECT_EQ(text, first + first + "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(Launch, GivesTheListedDescriptorsAndNoOthers) {
    Fd stray{::dup(0)}; // without CLOEXEC
    Fd first{::memfd_create("first", 0)}, second{::memfd_create("second", MFD_CLOEXEC)};
    auto plan = shell("ls /proc/$$/fd; readlink /proc/$$/fd/*");
    plan.descriptors = {{first.get(), 5}, {second.get(), 4}}; // numbers that the launcher itself uses
    run(plan);
    auto log_path = (directory / "log").string();
    EXPECT_EQ(said(), "0\n1\n2\n4\n5\n/dev/null\n" + log_path + "\n" + log_path +
                          "\n/memfd:second (deleted)\n/memfd:first (deleted)\n");
}

TEST_F(Launch, WritesWhoItIs) {
    auto plan = shell("echo $$; sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20");
    plan.pid_file = directory / "pid";
    plan.identity_file = directory / "identity";
    run(plan);
    auto identity = read_identity(plan.identity_file);
    ASSERT_TRUE(identity);
    EXPECT_EQ(said(), fmt::format("{}\n{}\n", identity->pid, identity->start_time));
    EXPECT_EQ(content("pid"), fmt::format("{}\n", identity->pid));
    EXPECT_FALSE(async::find_process(*identity));
    EXPECT_FALSE(std::filesystem::exists(directory / "identity.new"));
}

TEST_F(Launch, AnIdentityOfAnEarlierBootIsNone) {
    std::ofstream{directory / "identity"} << ::getpid() << " 1 00000000-0000-0000-0000-000000000000\n";
    EXPECT_FALSE(read_identity(directory / "identity"));
    EXPECT_FALSE(read_identity(directory / "missing"));
}

TEST_F(Launch, AppliesLimitsAndOnlyWarnsOfThoseItCannot) {
    auto plan = shell("ulimit -n; ulimit -c");
    plan.limits = {{RLIMIT_NOFILE, 77, 80}, {RLIMIT_CORE, 0, 0}, {12345, 1, 1}};
    EXPECT_TRUE(run(plan).success());
    EXPECT_EQ(said(), "vireo-launch: warning: cannot set resource limit 12345: Invalid argument\n77\n0\n");
}

TEST_F(Launch, ChangesUserAndGroups) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    auto plan = shell("id -u; id -g; id -G; cat /proc/$$/status | grep PDeath");
    plan.user = 65534;
    plan.group = 65533;
    plan.groups = {65532};
    run(plan);
    EXPECT_EQ(said(), "65534\n65533\n65533 65532\n");
}

TEST_F(Launch, EntersTheCgroup) {
    std::ofstream{directory / "cgroup.procs"};
    auto plan = shell("true");
    plan.cgroup = directory;
    run(plan);
    EXPECT_EQ(content("cgroup.procs"), "0");
}

TEST_F(Launch, TellsWhichStepFailed) {
    auto missing = shell("true");
    missing.arguments = {"/no/such/program"};
    EXPECT_EQ(failure_of(missing), "cannot execute '/no/such/program': No such file or directory");
    auto homeless = shell("true");
    homeless.working_directory = "/no/such/place";
    EXPECT_EQ(failure_of(homeless), "cannot enter '/no/such/place': No such file or directory");
    auto lost = shell("true");
    lost.cgroup = "/no/such/cgroup";
    EXPECT_EQ(failure_of(lost), "cannot open '/no/such/cgroup/cgroup.procs': No such file or directory");
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
}

/// A launcher that hangs: opening a FIFO for writing waits for a reader.
TEST_F(Launch, EndsAtTheDeadline) {
    ::mkfifo((directory / "cgroup.procs").c_str(), 0600);
    auto plan = shell("true");
    plan.cgroup = directory;
    EXPECT_THROW(run(plan, std::chrono::milliseconds{20}), Error);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
}

TEST_F(Launch, ACancelledLaunchLeavesNothing) {
    ::mkfifo((directory / "cgroup.procs").c_str(), 0600);
    auto plan = shell("true");
    plan.cgroup = directory;
    asio::io_context loop;
    asio::cancellation_signal cancel;
    std::exception_ptr failure;
    asio::co_spawn(
        loop, run_and_wait(plan, std::chrono::seconds{30}),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown, async::ExitStatus) {
            failure = std::move(thrown);
        }));
    loop.poll();
    cancel.emit(asio::cancellation_type::terminal);
    loop.run();
    EXPECT_THROW(std::rethrow_exception(failure), boost::system::system_error);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
}

/// Starts the launcher from a child that dies while the launcher hangs, and sees that it dies too.
TEST_F(Launch, DiesWithTheDaemon) {
    ::mkfifo((directory / "cgroup.procs").c_str(), 0600);
    auto plan = shell("true");
    plan.cgroup = directory;
    plan.identity_file = directory / "identity";
    int alive[2]; // the launcher holds the other end, so its death is the end of this pipe
    ASSERT_EQ(::pipe2(alive, O_CLOEXEC), 0);
    plan.descriptors = {{alive[1], 9}};
    auto daemon = ::fork();
    if (daemon == 0) {
        asio::io_context loop;
        auto result = asio::co_spawn(loop, run_and_wait(plan, std::chrono::seconds{30}), asio::use_future);
        while (!read_identity(plan.identity_file)) loop.poll();
        ::_exit(0);
    }
    ::close(alive[1]);
    ::waitpid(daemon, nullptr, 0);
    EXPECT_TRUE(read_identity(plan.identity_file));
    char byte = 0;
    EXPECT_EQ(::read(alive[0], &byte, 1), 0); // would wait for ever if the launcher lived on
    ::close(alive[0]);
}

TEST_F(Launch, DoesNothingForAnotherParent) {
    auto plan = shell("echo started");
    plan.parent = 1;
    Fd text{::memfd_create("plan", MFD_CLOEXEC)};
    auto encoded = encode(plan);
    ASSERT_EQ(::write(text.get(), encoded.data(), encoded.size()), static_cast<ssize_t>(encoded.size()));
    ::lseek(text.get(), 0, SEEK_SET);
    asio::io_context loop;
    auto child = async::ChildProcess::spawn(loop.get_executor(), {LAUNCHER},
                                            {-1, log.get(), log.get(), text.get(), -1});
    auto result = asio::co_spawn(loop, child.wait(), asio::use_future);
    loop.run();
    EXPECT_EQ(result.get().code, 127);
    EXPECT_EQ(said(), "");
}

} // namespace vireo::launcher
