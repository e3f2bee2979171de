// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

namespace vireo::testdriver {
namespace {

using hypervisor::DomainState;
using hypervisor::PausedReason;
using hypervisor::RunningReason;
using hypervisor::ShutdownReason;
using hypervisor::ShutoffReason;
using hypervisor::StateAndReason;
using hypervisor::SuspendTarget;
using Lifecycle = TestDriverTest;

TEST_F(Lifecycle, OneDomainRunsFromTheStart) {
    auto example = driver.domains().find_by_name("test");
    ASSERT_TRUE(example);
    EXPECT_EQ(example->id, 1);
    EXPECT_TRUE(example->persistent);
    EXPECT_EQ(example->state, StateAndReason{RunningReason::Booted});
    EXPECT_EQ(example->uuid.text(), "6695eb01-f6a4-8304-79aa-97f2502e193f");
}

TEST_F(Lifecycle, OfADomainFromDefinitionToItsEnd) {
    auto uuid = define("web")->uuid;
    EXPECT_EQ(take_told(), "web 0/0;");
    auto started = run(driver.start(uuid, "", {}));
    EXPECT_EQ(started->id, 2);
    EXPECT_NE(started->live_definition->open.find("id='2'"), std::string::npos);
    EXPECT_EQ(domain(uuid)->state, StateAndReason{RunningReason::Booted});
    EXPECT_EQ(take_told(), "web 2/0@;");
    run(driver.suspend(uuid, ""));
    EXPECT_EQ(domain(uuid)->state, StateAndReason{PausedReason::User});
    EXPECT_EQ(take_told(), "web 3/0@;");
    run(driver.resume(uuid, ""));
    EXPECT_EQ(domain(uuid)->state, StateAndReason{RunningReason::Unpaused});
    EXPECT_EQ(take_told(), "web 4/0@;");
    run(driver.shut_down(uuid, "", {}));
    EXPECT_EQ(domain(uuid)->state, StateAndReason{ShutoffReason::Shutdown});
    EXPECT_FALSE(domain(uuid)->live_definition);
    EXPECT_EQ(take_told(), "web 6/0@;web 5/0;");
    run(driver.start(uuid, "", {}));
    run(driver.destroy(uuid, "", false));
    EXPECT_EQ(domain(uuid)->state, StateAndReason{ShutoffReason::Destroyed});
    EXPECT_EQ(take_told(), "web 2/0@;web 5/1;");
    run(driver.undefine(uuid, "", {}));
    EXPECT_FALSE(domain(uuid));
    EXPECT_EQ(take_told(), "web 1/0;");
}

TEST_F(Lifecycle, APausedStartIsToldOfAsSuch) {
    auto uuid = define("web")->uuid;
    take_told();
    run(driver.start(uuid, "", {.paused = true}));
    EXPECT_EQ(domain(uuid)->state, StateAndReason{PausedReason::User});
    EXPECT_EQ(take_told(), "web 2/0@;web 3/0@;");
}

TEST_F(Lifecycle, ATransientDomainGoesWithItsRun) {
    auto uuid = run(driver.create(document("web"), {}))->uuid;
    EXPECT_EQ(take_told(), "web 2/0@;");
    EXPECT_FALSE(domain(uuid)->persistent);
    run(driver.destroy(uuid, "", false));
    EXPECT_FALSE(domain(uuid));
    EXPECT_FALSE(driver.domains().find_by_name("web"));
    EXPECT_EQ(take_told(), "web 5/1;");
}

TEST_F(Lifecycle, ADomainThatIsUndefinedRunsOn) {
    auto uuid = start("web");
    run(driver.undefine(uuid, "", {}));
    EXPECT_EQ(take_told(), "web 1/0@;");
    EXPECT_TRUE(domain(uuid)->active());
    run(driver.shut_down(uuid, "", {}));
    EXPECT_FALSE(domain(uuid));
}

TEST_F(Lifecycle, RebootAndResetKeepTheRun) {
    auto uuid = start("web");
    run(driver.suspend(uuid, ""));
    run(driver.resume(uuid, ""));
    take_told();
    run(driver.reboot(uuid, "", {}));
    EXPECT_EQ(domain(uuid)->state, StateAndReason{RunningReason::Booted});
    EXPECT_EQ(domain(uuid)->id, 2);
    EXPECT_EQ(take_told(), "web #1@;");
    run(driver.reset(uuid, ""));
    EXPECT_EQ(take_told(), "web #1@;");
    run(driver.suspend(uuid, ""));
    run(driver.reset(uuid, ""));
    EXPECT_EQ(domain(uuid)->state, StateAndReason{PausedReason::User});
}

TEST_F(Lifecycle, TheDefinitionDecidesWhatFollowsAnEnd) {
    auto restarted = start("one", "<on_poweroff>restart</on_poweroff>");
    run(driver.shut_down(restarted, "", {}));
    EXPECT_EQ(domain(restarted)->state, StateAndReason{RunningReason::Booted});
    auto destroyed = start("two", "<on_reboot>destroy</on_reboot>");
    run(driver.reboot(destroyed, "", {}));
    EXPECT_EQ(domain(destroyed)->state, StateAndReason{ShutoffReason::Shutdown});
    auto preserved = start("three", "<on_poweroff>preserve</on_poweroff>");
    run(driver.shut_down(preserved, "", {}));
    EXPECT_EQ(domain(preserved)->state, StateAndReason{ShutdownReason::User});
    EXPECT_EQ(refusal(driver.shut_down(preserved, "", {})), ErrorCode::OperationInvalid);
    run(driver.destroy(preserved, "", false));
    EXPECT_FALSE(domain(preserved)->active());
}

TEST_F(Lifecycle, AGuestSleepsAndWakes) {
    auto uuid = start("web");
    run(driver.pm_suspend(uuid, "", SuspendTarget::Memory));
    EXPECT_EQ(domain(uuid)->state.state, DomainState::PmSuspended);
    EXPECT_EQ(refusal(driver.resume(uuid, "")), ErrorCode::OperationInvalid);
    EXPECT_EQ(refusal(driver.suspend(uuid, "")), ErrorCode::OperationInvalid);
    run(driver.pm_wakeup(uuid, ""));
    EXPECT_EQ(domain(uuid)->state, StateAndReason{RunningReason::Wakeup});
    EXPECT_EQ(take_told(), "web #11@;web 7/0@;web #10@;web 2/4@;");
    EXPECT_EQ(refusal(driver.pm_wakeup(uuid, "")), ErrorCode::OperationInvalid);
    run(driver.pm_suspend(uuid, "", SuspendTarget::Disk));
    EXPECT_FALSE(domain(uuid)->active());
}

TEST_F(Lifecycle, RefusesWhatTheStateForbids) {
    auto uuid = define("web")->uuid;
    using enum ErrorCode;
    EXPECT_EQ(refusal(driver.shut_down(uuid, "", {})), OperationInvalid);
    EXPECT_EQ(refusal(driver.reboot(uuid, "", {})), OperationInvalid);
    EXPECT_EQ(refusal(driver.reset(uuid, "")), OperationInvalid);
    EXPECT_EQ(refusal(driver.destroy(uuid, "", true)), OperationInvalid);
    EXPECT_EQ(refusal(driver.suspend(uuid, "")), OperationInvalid);
    EXPECT_EQ(refusal(driver.resume(uuid, "")), OperationInvalid);
    run(driver.start(uuid, "", {}));
    EXPECT_EQ(refusal(driver.start(uuid, "", {})), OperationInvalid);
    EXPECT_EQ(refusal(driver.resume(uuid, "")), OperationInvalid);
    run(driver.suspend(uuid, ""));
    EXPECT_EQ(refusal(driver.suspend(uuid, "")), Ok) << "as QEMU's driver takes it";
    EXPECT_EQ(refusal(driver.reboot(uuid, "", {})), OperationInvalid);
    EXPECT_EQ(refusal(driver.destroy(Uuid::generate(), "none", false)), NoDomain);
}

} // namespace
} // namespace vireo::testdriver
