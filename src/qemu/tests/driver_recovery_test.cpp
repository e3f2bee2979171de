// SPDX-License-Identifier: Apache-2.0
#include "qemu/tests/driver_fixture.hpp"

#include "launcher/launch.hpp"
#include "model/domain/xml.hpp"

#include <sys/wait.h>

#include <csignal>
#include <fstream>

namespace vireo::qemu {

using namespace hypervisor;

/// The tests of what a new daemon finds.
class DriverRecovery : public DriverTest {
protected:
    bool lives(pid_t pid) const { return async::identify_process(pid).has_value(); }

    /// Those bound to the path, and those of its clients, accepted or waiting (proc_net_unix).
    static std::size_t sockets_at(const std::string& path) {
        std::ifstream table{"/proc/net/unix"};
        std::size_t count = 0;
        for (std::string line; std::getline(table, line);)
            if (line.ends_with(path)) ++count;
        return count;
    }
    static void end(pid_t process) {
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
    }

    /// Writes a record as a daemon would have left it that died in the middle.
    void leave_record(Durable durable, int number = 1) {
        open_store();
        store::Change change{.put = {to_record(uuid_of(number), durable)}};
        await(store->commit(std::move(change)));
        close_store();
    }
    Durable half_started(bool persistent) {
        Durable durable;
        durable.name = "web";
        if (persistent) durable.definition = format_text(model::domain::parse(xml("web")), false);
        durable.run.emplace();
        durable.run->id = 7;
        durable.run->boot = async::boot_id();
        return durable;
    }
    awaitable<pid_t> launch(launcher::Plan plan) {
        auto child = co_await launcher::launch(LAUNCHER, std::move(plan));
        co_return child.pid();
    }
    /// A process as a start leaves it behind: with its directory and its identity.
    pid_t leave_process(const std::string& directory) {
        std::filesystem::create_directories(folder / "run/qemu" / directory);
        launcher::Plan plan;
        plan.arguments = {"/bin/sleep", "1000"};
        plan.identity_file = folder / "run/qemu" / directory / "identity";
        return await(launch(std::move(plan)));
    }
};

TEST_F(DriverRecovery, RunningGuestsAreAdopted) {
    start_daemon();
    auto before = defined_and_started("web");
    await(driver->suspend(uuid_of(1), "web"));
    restart_daemon();
    auto after = driver->domains().find(uuid_of(1));
    EXPECT_EQ(after->id, before->id);
    EXPECT_EQ(after->process, before->process);
    EXPECT_EQ(after->state, StateAndReason{PausedReason::User});
    EXPECT_EQ(after->live_definition->open, before->live_definition->open);
    await(driver->resume(uuid_of(1), "web"));
    EXPECT_EQ(state(), StateAndReason{RunningReason::Unpaused});
    await(driver->destroy(uuid_of(1), "web", false));
    EXPECT_EQ(start("web")->id, before->id + 1);
}

TEST_F(DriverRecovery, WhatWasAboutToGoIsTakenAway) {
    start_daemon();
    defined_and_started("web");
    auto run = folder / "run/qemu" / run_directories().at(0), nvram = folder / "state/qemu/nvram";
    std::filesystem::create_directories(nvram);
    std::filesystem::create_directory(run / "memory");
    for (const auto& leftover :
         {run / "screen-3", run / "memory-1", nvram / "web_VARS.fd.new", nvram / "web_VARS.fd"})
        std::ofstream{leftover} << "x";
    restart_daemon();
    EXPECT_FALSE(std::filesystem::exists(run / "screen-3"));
    EXPECT_FALSE(std::filesystem::exists(run / "memory-1"));
    EXPECT_TRUE(std::filesystem::exists(run / "memory"));
    EXPECT_FALSE(std::filesystem::exists(nvram / "web_VARS.fd.new"));
    EXPECT_TRUE(std::filesystem::exists(nvram / "web_VARS.fd"));
}

TEST_F(DriverRecovery, TransientGuestsAreAdoptedToo) {
    start_daemon();
    auto before = await(driver->create(xml("web"), {}));
    restart_daemon();
    auto after = driver->domains().find_by_name("web");
    ASSERT_TRUE(after);
    EXPECT_FALSE(after->persistent);
    EXPECT_EQ(after->id, before->id);
    await(driver->destroy(uuid_of(1), "web", false));
    EXPECT_EQ(driver->domains().size(), 0U);
}

TEST_F(DriverRecovery, AGuestThatPoweredOffMeanwhileIsFollowed) {
    start_daemon();
    auto running = defined_and_started("web");
    stop_daemon();
    ::kill(running->process, SIGUSR1);
    start_daemon();
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Shutdown});
}

TEST_F(DriverRecovery, TheWishForARebootSurvives) {
    start_daemon();
    auto running = defined_and_started("deaf");
    await(driver->reboot(uuid_of(1), "deaf", {}));
    stop_daemon();
    ::kill(running->process, SIGUSR1);
    events.clear();
    start_daemon();
    ASSERT_TRUE(until([&] { return events.ends_with("deaf 4/0;"); }));
    EXPECT_EQ(state(), StateAndReason{RunningReason::Booted});
    EXPECT_TRUE(lives(running->process));
}

TEST_F(DriverRecovery, ARestartThatWasBegunIsFinished) {
    start_daemon();
    define("slow");
    StartOptions options;
    options.paused = true; // so QEMU stands as after a reset
    auto paused = await(driver->start(uuid_of(1), "slow", options));
    stop_daemon();
    auto durable = half_started(true);
    durable.name = "slow";
    durable.live = durable.definition;
    durable.run->id = paused->id;
    durable.run->phase = Phase::Running;
    durable.run->process = *async::identify_process(paused->process);
    durable.run->state = ShutdownReason::Unknown;
    leave_record(durable);
    start_daemon();
    ASSERT_TRUE(until([&] { return state().state == DomainState::Running; }));
    EXPECT_EQ(state(), StateAndReason{RunningReason::Booted});
}

TEST_F(DriverRecovery, AGuestThatDiedMeanwhileIsOff) {
    start_daemon();
    auto running = defined_and_started("web");
    define("other", 2);
    stop_daemon();
    ::kill(running->process, SIGKILL);
    ::waitpid(running->process, nullptr, 0);
    events.clear();
    start_daemon();
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Crashed});
    EXPECT_TRUE(run_directories().empty());
    EXPECT_EQ(events, "");
    EXPECT_EQ(start("web")->id, running->id + 1);
}

TEST_F(DriverRecovery, AStoppedQemuDelaysNobody) {
    start_daemon();
    auto stopped = defined_and_started("web");
    define("other", 2);
    start("other", 2);
    await(driver->suspend(uuid_of(2), "other"));
    ::kill(stopped->process, SIGSTOP);
    restart_daemon();
    EXPECT_EQ(state(), StateAndReason{RunningReason::Booted}); // as last known
    await(driver->resume(uuid_of(2), "other"));
    ::kill(stopped->process, SIGCONT);
    await(driver->suspend(uuid_of(1), "web")); // waits for the connection
    EXPECT_EQ(state(), StateAndReason{PausedReason::User});
}

TEST_F(DriverRecovery, AMonitorThatEndsMeanwhileIsConnectedOnce) {
    start_daemon();
    defined_and_started("unsteady");
    restart_daemon();
    await(driver->suspend(uuid_of(1), "unsteady")); // waits for the connection
    EXPECT_EQ(state(), StateAndReason{PausedReason::User});
    EXPECT_EQ(sockets_at(folder / "run/qemu/1/monitor.sock"), 2U); // the listening one, and ours
}

TEST_F(DriverRecovery, AMonitorThatDoesNotAnswerIsConnectedAnew) {
    start_daemon();
    defined_and_started("forgetful");
    stop_daemon();
    options.monitor_deadline = std::chrono::seconds{1};
    start_daemon();
    await(driver->suspend(uuid_of(1), "forgetful"));
    EXPECT_EQ(state(), StateAndReason{PausedReason::User});
}

TEST_F(DriverRecovery, AHalfStartedGuestIsUndone) {
    leave_record(half_started(true));
    auto process = leave_process("7");
    start_daemon();
    EXPECT_FALSE(lives(process));
    EXPECT_TRUE(run_directories().empty());
    auto domain = driver->domains().find_by_name("web");
    ASSERT_TRUE(domain);
    EXPECT_FALSE(domain->active());
    restart_daemon();
    EXPECT_EQ(driver->domains().size(), 1U);
}

TEST_F(DriverRecovery, AHalfStartedTransientGuestIsUndone) {
    leave_record(half_started(false));
    auto process = leave_process("7");
    start_daemon();
    EXPECT_FALSE(lives(process));
    EXPECT_EQ(driver->domains().size(), 0U);
    define("web", 2); // its name is free
}

TEST_F(DriverRecovery, AStopThatWasBegunIsFinished) {
    start_daemon();
    auto running = defined_and_started("stubborn");
    stop_daemon();
    auto durable = half_started(true);
    durable.name = "stubborn";
    durable.run->id = running->id;
    durable.run->phase = Phase::Stopping;
    durable.run->process = *async::identify_process(running->process);
    leave_record(durable);
    start_daemon();
    EXPECT_FALSE(lives(running->process));
    EXPECT_FALSE(driver->domains().find_by_name("stubborn")->active());
}

TEST_F(DriverRecovery, AGuestOfAClientThatIsGoneEnds) {
    start_daemon();
    define("web");
    StartOptions options;
    options.autodestroy = true;
    auto running = await(driver->start(uuid_of(1), "web", options));
    restart_daemon();
    EXPECT_FALSE(lives(running->process));
    EXPECT_FALSE(driver->domains().find(uuid_of(1))->active());
}

TEST_F(DriverRecovery, OrphansAreEnded) {
    auto process = leave_process("99");
    std::filesystem::create_directories(folder / "run/qemu/100"); // died before it had a process
    start_daemon();
    EXPECT_FALSE(lives(process));
    EXPECT_TRUE(run_directories().empty());
}

TEST_F(DriverRecovery, AGuestWhoseRecordWasLostWithTheStoreIsLeftAlone) {
    start_daemon();
    auto running = defined_and_started("web");
    stop_daemon();
    std::ofstream{folder / "store.sqlite"} << "no database";
    start_daemon();
    EXPECT_EQ(driver->domains().size(), 0U);
    EXPECT_TRUE(lives(running->process));
    restart_daemon(); // the store is whole again, but knows the guest no better
    EXPECT_TRUE(lives(running->process));
    EXPECT_TRUE(std::filesystem::exists(folder / "run/qemu/1/monitor.sock"));
    define("other", 2);
    EXPECT_EQ(start("other", 2)->id, 2); // its directory is not taken either
    end(running->process);
    restart_daemon();
    EXPECT_EQ(run_directories(), std::vector<std::string>{"2"});
}

TEST_F(DriverRecovery, AGuestWhoseRecordCannotBeReadIsLeftAlone) {
    start_daemon();
    auto running = defined_and_started("web");
    stop_daemon();
    open_store();
    auto record = store->load(domain_kind).at(0);
    record.runtime = "no JSON";
    store::Change change{.put = {record}};
    await(store->commit(std::move(change)));
    close_store();
    start_daemon();
    EXPECT_TRUE(lives(running->process));
    EXPECT_TRUE(std::filesystem::exists(folder / "run/qemu/1/monitor.sock"));
    end(running->process);
}

TEST_F(DriverRecovery, NothingIsAutostartedBesideAGuestLeftAlone) {
    start_daemon();
    auto running = defined_and_started("web");
    define("other", 2);
    await(driver->set_autostart(uuid_of(2), "other", true));
    stop_daemon();
    open_store();
    store::Change change;
    for (auto& record : store->load(domain_kind)) {
        if (record.name == "web") record.runtime = "no JSON";
        change.put.push_back(record);
    }
    DriverRecord earlier;
    earlier.next_id = 5;
    earlier.autostarted_boot = "an earlier one";
    change.put.push_back(to_record(earlier));
    await(store->commit(std::move(change)));
    close_store();
    start_daemon();
    define("third", 3);
    EXPECT_EQ(start("third", 3)->id, 5); // the marked one would have had it
    EXPECT_FALSE(driver->domains().find(uuid_of(2))->active());
    end(running->process);
}

TEST_F(DriverRecovery, RunsOfAnEarlierBootAreOver) {
    auto durable = half_started(true);
    durable.run->phase = Phase::Running;
    durable.run->boot = "an earlier one";
    durable.run->process = *async::identify_process(::getpid());
    durable.live = durable.definition;
    leave_record(durable);
    start_daemon();
    EXPECT_FALSE(driver->domains().find_by_name("web")->active());
}

TEST_F(DriverRecovery, MarkedDomainsStartOncePerBoot) {
    start_daemon();
    define("web");
    define("other", 2);
    await(driver->set_autostart(uuid_of(1), "web", true));
    restart_daemon(); // this boot was used up by the first start
    EXPECT_FALSE(driver->domains().find(uuid_of(1))->active());
    stop_daemon();
    open_store();
    DriverRecord earlier;
    earlier.next_id = 5;
    earlier.autostarted_boot = "an earlier one";
    store::Change change{.put = {to_record(earlier)}};
    await(store->commit(std::move(change)));
    close_store();
    start_daemon();
    ASSERT_TRUE(until([&] { return driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(driver->domains().find(uuid_of(1))->id, 5);
    EXPECT_FALSE(driver->domains().find(uuid_of(2))->active());
}

} // namespace vireo::qemu
