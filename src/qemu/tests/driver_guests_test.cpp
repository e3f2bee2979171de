// SPDX-License-Identifier: Apache-2.0
#include "qemu/tests/driver_fixture.hpp"

#include "launcher/launch.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <fstream>

namespace vireo::qemu {

using namespace hypervisor;

/// The tests of running guests.
class DriverGuests : public DriverTest {
protected:
    DriverGuests() { start_daemon(); }
    std::string log_of(const std::string& name) const {
        std::ifstream file{folder / "log/qemu" / (name + ".log")};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    /// Of QEMU's answers.
    void shorten_deadline(std::chrono::milliseconds deadline) {
        options.monitor_deadline = deadline;
        restart_daemon();
    }
    bool lives(pid_t pid) const { return async::identify_process(pid).has_value(); }
};

TEST_F(DriverGuests, StartAndDestroy) {
    define("web");
    auto running = start("web");
    EXPECT_EQ(running->id, 1);
    EXPECT_EQ(running->state, StateAndReason{RunningReason::Booted});
    EXPECT_TRUE(lives(running->process));
    EXPECT_EQ(running->max_memory, MemorySize::mib(64));
    EXPECT_NE(running->live_definition->open.find("<source path='/dev/pts/"), std::string::npos);
    EXPECT_EQ(driver->domains().find_by_id(1), driver->domains().find_by_name("web"));
    EXPECT_EQ(code_of(driver->start(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);

    await(driver->destroy(uuid_of(1), "web", false));
    EXPECT_FALSE(lives(running->process));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Destroyed});
    EXPECT_EQ(events, "web 0/0;web 4/0;web 2/0;web 5/1;");
    EXPECT_TRUE(run_directories().empty());
    EXPECT_NE(log_of("web").find("charmonitor,fd=3"), std::string::npos);
    EXPECT_NE(log_of("web").find("reason=destroyed"), std::string::npos);
    EXPECT_EQ(code_of(driver->destroy(uuid_of(1), "web", false)), ErrorCode::OperationInvalid);
    EXPECT_EQ(start("web")->id, 2);
}

TEST_F(DriverGuests, LogsAreRemovedOnRequest) {
    defined_and_started("web");
    await(driver->destroy(uuid_of(1), "web", false));
    EXPECT_FALSE(log_of("web").empty());
    await(driver->remove_logs("web"));
    EXPECT_TRUE(log_of("web").empty());
}

TEST_F(DriverGuests, StartPaused) {
    define("web");
    StartOptions options;
    options.paused = true;
    auto paused = await(driver->start(uuid_of(1), "web", options));
    EXPECT_EQ(paused->state, StateAndReason{PausedReason::User});
    EXPECT_EQ(events, "web 0/0;web 2/0;web 3/0;");
    await(driver->resume(uuid_of(1), "web"));
    EXPECT_EQ(state(), StateAndReason{RunningReason::Unpaused});
}

TEST_F(DriverGuests, SuspendAndResume) {
    defined_and_started("web");
    await(driver->suspend(uuid_of(1), "web"));
    EXPECT_EQ(state(), StateAndReason{PausedReason::User});
    await(driver->suspend(uuid_of(1), "web")); // is no error
    EXPECT_EQ(code_of(driver->shut_down(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);
    await(driver->resume(uuid_of(1), "web"));
    EXPECT_EQ(state(), StateAndReason{RunningReason::Unpaused});
    EXPECT_EQ(code_of(driver->resume(uuid_of(1), "web")), ErrorCode::OperationInvalid);
    EXPECT_EQ(events, "web 3/0;web 4/0;");
}

TEST_F(DriverGuests, WhatNeedsAGuestRefusesWithoutOne) {
    define("web");
    EXPECT_EQ(code_of(driver->suspend(uuid_of(1), "web")), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->resume(uuid_of(1), "web")), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->shut_down(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->reboot(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->reset(uuid_of(1), "web")), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->open_console(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->suspend(uuid_of(2), "other")), ErrorCode::NoDomain);
}

TEST_F(DriverGuests, ShutdownOnRequestEndsTheRun) {
    defined_and_started("web");
    await(driver->shut_down(uuid_of(1), "web", {}));
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Shutdown});
    EXPECT_EQ(events, "web 6/1;web 5/0;");
}

TEST_F(DriverGuests, APowerOffDuringTheStartIsNotLostAmongManyEvents) {
    define("chatty");
    start("chatty");
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Shutdown});
}

TEST_F(DriverGuests, AMonitorThatEndsDuringTheStartIsConnectedAnew) {
    define("hasty");
    start("hasty");
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Shutdown});
}

TEST_F(DriverGuests, AGuestThatPowersOffMayBeRestarted) {
    auto running = defined_and_started("web", "<on_poweroff>restart</on_poweroff>");
    ::kill(running->process, SIGUSR1);
    ASSERT_TRUE(until([&] { return events.ends_with("web 4/0;"); }));
    EXPECT_EQ(events, "web 6/1;web reboot;web 4/0;");
    EXPECT_EQ(state(), StateAndReason{RunningReason::Booted});
    EXPECT_TRUE(lives(running->process));
}

TEST_F(DriverGuests, RebootIsAPowerOffAndAReset) {
    auto running = defined_and_started("web");
    await(driver->reboot(uuid_of(1), "web", {}));
    ASSERT_TRUE(until([&] { return events.ends_with("web 4/0;"); }));
    EXPECT_EQ(events, "web 6/1;web reboot;web 4/0;");
    EXPECT_EQ(driver->domains().find(uuid_of(1))->process, running->process);
    ::kill(running->process, SIGUSR1); // the wish is used up
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Shutdown});
}

TEST_F(DriverGuests, ARebootMayBeTheEnd) {
    defined_and_started("web", "<on_reboot>destroy</on_reboot>");
    await(driver->reboot(uuid_of(1), "web", {}));
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(events, "web 6/1;web 5/0;");
}

TEST_F(DriverGuests, ResetIsTold) {
    defined_and_started("web");
    await(driver->reset(uuid_of(1), "web"));
    EXPECT_TRUE(until([&] { return events == "web reboot;"; }));
    EXPECT_EQ(state(), StateAndReason{RunningReason::Booted});
}

TEST_F(DriverGuests, AQemuThatDiesHasCrashed) {
    auto running = defined_and_started("web");
    ::kill(running->process, SIGKILL);
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Crashed});
    EXPECT_EQ(events, "web 5/2;");
    EXPECT_TRUE(run_directories().empty());
}

TEST_F(DriverGuests, AQemuThatWasTerminatedByOthersHasShutDown) {
    auto running = defined_and_started("web");
    ::kill(running->process, SIGTERM);
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(events, "web 6/2;web 5/0;");
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Shutdown});
}

TEST_F(DriverGuests, AFailedStartLeavesNothing) {
    define("broken");
    EXPECT_EQ(code_of(driver->start(uuid_of(1), "broken", {})), ErrorCode::OperationFailed);
    EXPECT_NE(message.find("the fake is broken as asked"), std::string::npos) << message;
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Unknown});
    EXPECT_TRUE(run_directories().empty());
    EXPECT_EQ(events, "broken 0/0;");
    await(driver->undefine(uuid_of(1), "broken", {}));
}

TEST_F(DriverGuests, AStartThatQemuRefusesEndsIt) {
    define("rejecting");
    EXPECT_EQ(code_of(driver->start(uuid_of(1), "rejecting", {})), ErrorCode::OperationFailed);
    EXPECT_NE(message.find("no such luck"), std::string::npos) << message;
    EXPECT_TRUE(run_directories().empty());
    EXPECT_FALSE(driver->domains().find(uuid_of(1))->active());
}

TEST_F(DriverGuests, OnlyAPtyIsTakenForOne) {
    define("lying");
    EXPECT_EQ(code_of(driver->start(uuid_of(1), "lying", {})), ErrorCode::OperationFailed);
    EXPECT_NE(message.find("no pty for 'serial0'"), std::string::npos) << message;
    EXPECT_TRUE(run_directories().empty());
}

TEST_F(DriverGuests, AStartOfASilentQemuEndsByTheDeadline) {
    shorten_deadline(std::chrono::milliseconds{300});
    define("silent");
    EXPECT_EQ(code_of(driver->start(uuid_of(1), "silent", {})), ErrorCode::OperationTimeout);
    EXPECT_TRUE(run_directories().empty());
}

TEST_F(DriverGuests, DestroyEndsAStart) {
    define("silent");
    auto starting = asio::co_spawn(loop, driver->start(uuid_of(1), "silent", {}), asio::use_future);
    ASSERT_TRUE(until([&] { return std::filesystem::exists(folder / "run/qemu/1/identity"); }));
    await(driver->destroy(uuid_of(1), "silent", false));
    ASSERT_TRUE(
        until([&] { return starting.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    auto code = ErrorCode::Ok;
    try {
        starting.get();
    } catch (const Error& error) { code = error.code; }
    EXPECT_EQ(code, ErrorCode::OperationAborted); // not by QEMU's silence
    EXPECT_TRUE(run_directories().empty());
    EXPECT_FALSE(driver->domains().find(uuid_of(1))->active());
}

TEST_F(DriverGuests, ANameIsHeldAsLongAsAnyoneNeedsIt) {
    auto creating = asio::co_spawn(loop, driver->create(xml("silent"), {}), asio::use_future);
    auto identity = [&] { return launcher::read_identity(folder / "run/qemu/1/identity"); };
    ASSERT_TRUE(until([&] { return identity().has_value(); }));
    asio::cancellation_signal cancel;
    auto second = asio::co_spawn(loop, driver->define(xml("silent"), {}),
                                 asio::bind_cancellation_slot(cancel.slot(), asio::use_future));
    EXPECT_EQ(code_of(driver->define(xml("silent", 2), {})), ErrorCode::OperationFailed);
    cancel.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(until([&] { return second.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    EXPECT_ANY_THROW(second.get());
    EXPECT_EQ(code_of(driver->define(xml("silent", 2), {})), ErrorCode::OperationFailed); // the first goes on
    ::kill(identity()->pid, SIGKILL);
    ASSERT_TRUE(
        until([&] { return creating.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    EXPECT_THROW(creating.get(), Error);
    define("silent", 2);
}

TEST_F(DriverGuests, DestroyDoesNotWaitForAStuckMonitor) {
    defined_and_started("mute");
    auto stuck = asio::co_spawn(loop, driver->suspend(uuid_of(1), "mute"), asio::use_future);
    await(driver->destroy(uuid_of(1), "mute", false));
    ASSERT_TRUE(until([&] { return stuck.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    EXPECT_THROW(stuck.get(), Error);
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Destroyed});
}

TEST_F(DriverGuests, AStuckGuestDelaysNoOther) {
    shorten_deadline(std::chrono::seconds{3}); // long enough for what answers
    defined_and_started("mute");
    define("web", 2);
    auto stuck = asio::co_spawn(loop, driver->suspend(uuid_of(1), "mute"), asio::use_future);
    start("web", 2);
    await(driver->suspend(uuid_of(2), "web"));
    EXPECT_EQ(stuck.wait_for(std::chrono::seconds{0}), std::future_status::timeout);
    ASSERT_TRUE(until([&] { return stuck.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    EXPECT_THROW(stuck.get(), Error);
}

TEST_F(DriverGuests, DestroyKillsWhatDoesNotListen) {
    auto running = defined_and_started("stubborn");
    EXPECT_EQ(code_of(driver->destroy(uuid_of(1), "stubborn", true)), ErrorCode::OperationFailed);
    EXPECT_TRUE(lives(running->process));
    await(driver->destroy(uuid_of(1), "stubborn", false));
    EXPECT_FALSE(lives(running->process));
}

TEST_F(DriverGuests, DestroyEndsAStoppedQemu) {
    auto running = defined_and_started("web");
    ::kill(running->process, SIGSTOP);
    await(driver->destroy(uuid_of(1), "web", false));
    EXPECT_FALSE(lives(running->process));
}

TEST_F(DriverGuests, ATransientDomainVanishesWithItsGuest) {
    auto running = await(driver->create(xml("web"), {}));
    EXPECT_FALSE(running->persistent);
    EXPECT_EQ(code_of(driver->create(xml("web"), {})), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->create(xml("web", 2), {})), ErrorCode::OperationFailed); // the name is taken
    EXPECT_EQ(code_of(driver->set_autostart(uuid_of(1), "web", true)), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->undefine(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);
    await(driver->destroy(uuid_of(1), "web", false));
    EXPECT_EQ(driver->domains().size(), 0U);
    EXPECT_EQ(code_of(driver->create(xml("broken"), {})), ErrorCode::OperationFailed);
    EXPECT_EQ(driver->domains().size(), 0U);
    define("web", 3); // nobody holds the name
}

TEST_F(DriverGuests, UndefiningARunningDomainMakesItTransient) {
    defined_and_started("web");
    await(driver->undefine(uuid_of(1), "web", {}));
    EXPECT_FALSE(driver->domains().find(uuid_of(1))->persistent);
    EXPECT_EQ(code_of(driver->rename(uuid_of(1), "web", "other")), ErrorCode::OperationInvalid);
    define("web"); // and back
    EXPECT_TRUE(driver->domains().find(uuid_of(1))->persistent);
    await(driver->undefine(uuid_of(1), "web", {}));
    await(driver->destroy(uuid_of(1), "web", false));
    EXPECT_EQ(driver->domains().size(), 0U);
}

TEST_F(DriverGuests, WhatCannotRunIsRefusedAndNamed) {
    define("web", 1, "<cputune><shares>10</shares></cputune>");
    EXPECT_EQ(code_of(driver->start(uuid_of(1), "web", {})), ErrorCode::ConfigUnsupported);
    EXPECT_NE(message.find("/domain/cputune"), std::string::npos) << message;
}

TEST_F(DriverGuests, TheConsoleHasOneUser) {
    defined_and_started("web");
    auto first = await(driver->open_console(uuid_of(1), "web", {}));
    await(first->write("hello\n"));
    std::string heard;
    while (heard.find("hello") == std::string::npos) {
        char space[64];
        heard.append(space, await(first->read(space)));
    }
    EXPECT_EQ(code_of(driver->open_console(uuid_of(1), "web", {})), ErrorCode::OperationFailed);
    ConsoleOptions options;
    options.force = true;
    options.device = "serial0";
    auto second = await(driver->open_console(uuid_of(1), "web", options));
    char space[64];
    EXPECT_THROW(await(first->read(space)), boost::system::system_error);
    second.reset();
    auto third = await(driver->open_console(uuid_of(1), "web", {})); // the last one has gone
    options.device = "serial7";
    EXPECT_EQ(code_of(driver->open_console(uuid_of(1), "web", options)), ErrorCode::InvalidArgument);
    await(driver->destroy(uuid_of(1), "web", false));
    EXPECT_EQ(await(third->read(space)), 0U);
}

} // namespace vireo::qemu
