// SPDX-License-Identifier: Apache-2.0
#include "qemu/tests/driver_fixture.hpp"

#include <fstream>

namespace vireo::qemu {

using namespace hypervisor;

/// The tests of states that go into files, with a QEMU that does what its name says.
class DriverSaves : public DriverTest {
protected:
    SaveOptions to_file() const {
        SaveOptions options;
        options.file = folder / "saved";
        return options;
    }
    RestoreOptions from_file() const {
        RestoreOptions options;
        options.file = folder / "saved";
        return options;
    }
    /// What is left of files that did not become whole.
    std::size_t parts() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
            if (entry.path().filename().native().find(".part-") != std::string::npos) ++count;
        return count;
    }
    /// Begins a save that does not end by itself.
    std::future<void> begin_endless() {
        defined_and_started("endless");
        auto saving =
            asio::co_spawn(loop, driver->save_guest(uuid_of(1), "endless", to_file()), asio::use_future);
        EXPECT_TRUE(until([&] { return driver->job(uuid_of(1), "endless", false, true).total == 1000; }));
        return saving;
    }
};

TEST_F(DriverSaves, ASavedGuestGoesOn) {
    start_daemon();
    defined_and_started("web");
    await(driver->save_guest(uuid_of(1), "web", to_file()));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Saved});
    auto job = driver->job(uuid_of(1), "web", true, false);
    EXPECT_EQ(job.type, JobType::Completed);
    EXPECT_EQ(job.total, 1000U);
    EXPECT_EQ(driver->job(uuid_of(1), "web", true, false).type, JobType::None);
    events.clear();
    await(driver->restore_guest(from_file()));
    EXPECT_EQ(state(), StateAndReason{RunningReason::Restored});
    EXPECT_EQ(events, "web 2/2;web 4/0;");
    EXPECT_EQ(parts(), 0U);
}

TEST_F(DriverSaves, ATransientGuestIsForgottenAndComesBack) {
    start_daemon();
    await(driver->create(xml("web"), {}));
    EXPECT_EQ(code_of(driver->save_guest(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);
    await(driver->save_guest(uuid_of(1), "web", to_file()));
    EXPECT_EQ(driver->domains().size(), 0U);
    await(driver->restore_guest(from_file()));
    EXPECT_TRUE(driver->domains().find_by_name("web")->active());
}

TEST_F(DriverSaves, AFailureLetsTheGuestGoOn) {
    start_daemon();
    defined_and_started("failing");
    EXPECT_EQ(code_of(driver->save_guest(uuid_of(1), "failing", to_file())), ErrorCode::OperationFailed);
    EXPECT_NE(message.find("as asked"), std::string::npos) << message;
    EXPECT_EQ(state(), StateAndReason{RunningReason::SaveCanceled});
    EXPECT_EQ(parts(), 0U);
    EXPECT_FALSE(std::filesystem::exists(folder / "saved"));
    EXPECT_EQ(driver->job(uuid_of(1), "failing", false, true).type, JobType::None);
    DumpOptions dump{.file = folder / "core", .memory_only = true};
    EXPECT_EQ(code_of(driver->dump_core(uuid_of(1), "failing", dump)), ErrorCode::OperationFailed);
    EXPECT_EQ(state().state, DomainState::Running);
    EXPECT_EQ(parts(), 0U);
}

TEST_F(DriverSaves, AStateThatCannotBeReadStartsNothing) {
    start_daemon();
    defined_and_started("web");
    await(driver->save_guest(uuid_of(1), "web", {}));
    auto file = folder / "state/qemu/save/web.save";
    ASSERT_TRUE(std::filesystem::exists(file));
    std::ofstream{file} << "damaged";
    EXPECT_EQ(code_of(driver->start(uuid_of(1), "web", {})), ErrorCode::OperationFailed);
    EXPECT_TRUE(driver->domains().find(uuid_of(1))->managed_save);
    EXPECT_TRUE(std::filesystem::exists(file));
    await(driver->start(uuid_of(1), "web", {.force_boot = true}));
    EXPECT_EQ(state(), StateAndReason{RunningReason::Booted});
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(DriverSaves, AJobCanBeGivenUp) {
    start_daemon();
    auto saving = begin_endless();
    await(driver->abort_job(uuid_of(1), "endless"));
    ASSERT_TRUE(until([&] { return saving.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    try {
        saving.get();
        FAIL() << "it was not given up";
    } catch (const Error& error) { EXPECT_EQ(error.code, ErrorCode::OperationAborted); }
    EXPECT_EQ(state(), StateAndReason{RunningReason::SaveCanceled});
    EXPECT_EQ(parts(), 0U);
    EXPECT_EQ(code_of(driver->abort_job(uuid_of(1), "endless")), ErrorCode::OperationInvalid);
}

TEST_F(DriverSaves, ANewDaemonUndoesASave) {
    start_daemon();
    auto saving = begin_endless();
    auto before = driver->domains().find(uuid_of(1));
    EXPECT_EQ(parts(), 1U);
    restart_daemon();
    ASSERT_TRUE(until([&] { return state().state == DomainState::Running; }));
    EXPECT_EQ(driver->domains().find(uuid_of(1))->process, before->process);
    EXPECT_EQ(state(), StateAndReason{RunningReason::SaveCanceled});
    EXPECT_EQ(parts(), 0U);
}

/// The daemon died when all was on disk, before it could say so.
TEST_F(DriverSaves, ANewDaemonFinishesAWholeSave) {
    start_daemon();
    auto running = defined_and_started("web");
    auto place = folder / "state/qemu/save";
    std::filesystem::create_directories(place);
    std::ofstream{place / ".web.save.part-1"} << "whole";
    stop_daemon();
    open_store();
    for (auto& record : store->load(domain_kind)) {
        auto durable = durable_from(std::move(record));
        durable.run->job =
            PendingJob{PendingJob::Kind::Save, place / ".web.save.part-1", place / "web.save", true, true};
        store::Change change{.put = {to_record(uuid_of(1), durable)}};
        await(store->commit(std::move(change)));
    }
    close_store();
    start_daemon();
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Saved});
    EXPECT_TRUE(driver->domains().find(uuid_of(1))->managed_save);
    EXPECT_TRUE(std::filesystem::exists(place / "web.save"));
    EXPECT_EQ(parts(), 0U);
}

TEST_F(DriverSaves, ADumpLeavesTheGuestAsItWas) {
    start_daemon();
    defined_and_started("web");
    DumpOptions options{.file = folder / "core", .memory_only = true};
    await(driver->dump_core(uuid_of(1), "web", options));
    EXPECT_EQ(events, "web 3/0;web reboot;web 4/0;"); // between them: the job's end, which is no life's
    EXPECT_TRUE(std::filesystem::exists(folder / "core"));
    options.crash = true;
    await(driver->dump_core(uuid_of(1), "web", options));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Crashed});
}

} // namespace vireo::qemu
