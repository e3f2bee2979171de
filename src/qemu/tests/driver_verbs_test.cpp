// SPDX-License-Identifier: Apache-2.0
// What is done to running guests and asked of them. The fake QEMU writes down what it is told.
#include "qemu/tests/driver_fixture.hpp"

#include <fstream>

namespace vireo::qemu {

using namespace hypervisor;

class DriverVerbs : public DriverTest {
protected:
    static constexpr std::string_view agent_channel =
        "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";

    DriverVerbs() { start_daemon(); }
    void start_with(std::string_view devices, std::string_view extra = "") {
        await(driver->define(xml("web", 1, extra, devices), {}));
        start("web");
        collected.clear();
        all = driver->events().subscribe([this](const DomainEvent& event) { collected.push_back(event); });
    }
    void start_with_agent() {
        start_with(agent_channel);
        ASSERT_TRUE(until([&] { return live().find("state='connected'") != std::string::npos; }));
    }
    std::string heard() const {
        std::ifstream file{folder / "log/qemu/web.log"};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    bool has_heard(std::string_view text) const { return heard().find(text) != std::string::npos; }
    /// Another process writes it down, which nothing in our loop tells of.
    bool hears(std::string_view text) {
        auto end = std::chrono::steady_clock::now() + patience;
        while (!has_heard(text) && std::chrono::steady_clock::now() < end) {
            loop.restart();
            loop.run_for(std::chrono::milliseconds{5});
        }
        return has_heard(text);
    }
    std::string live() const { return driver->domains().find(uuid_of(1))->live_definition->open; }
    std::string definition() const { return driver->domains().find(uuid_of(1))->persistent_definition->open; }
    /// Makes the fake tell an event.
    void tell(const std::string& event) {
        std::vector<Fd> none;
        await(driver->monitor_command(uuid_of(1), "web", "event " + event, true, std::move(none)));
    }
    template <class Kind> const Kind* last() const {
        for (auto event = collected.rbegin(); event != collected.rend(); ++event)
            if (const auto* what = std::get_if<Kind>(&event->what)) return what;
        return nullptr;
    }
    std::string run_by_hand(std::string command, bool human = false) {
        std::vector<Fd> none;
        return await(driver->monitor_command(uuid_of(1), "web", std::move(command), human, std::move(none)));
    }

    std::vector<DomainEvent> collected;
    EventHub::Subscription all;
};

TEST_F(DriverVerbs, PassesCommandsToTheMonitor) {
    start_with("");
    auto answer = run_by_hand(R"({"execute": "query-status", "id": "mine"})");
    EXPECT_NE(answer.find(R"("status":"running")"), std::string::npos) << answer;
    EXPECT_NE(run_by_hand(R"({"execute": "refuse-me"})").find("as you like"), std::string::npos);
    EXPECT_EQ(run_by_hand("info status", true), "told");
    std::vector<Fd> none;
    EXPECT_EQ(code_of(driver->monitor_command(uuid_of(1), "web", "not json", false, std::move(none))),
              ErrorCode::InvalidArgument);
}

TEST_F(DriverVerbs, PressesKeysUnderQemusNumbers) {
    start_with("");
    KeyPress keys{0, std::chrono::milliseconds{50}, {29, 56, 111}}; // Ctrl, Alt, Delete for Linux
    await(driver->send_key(uuid_of(1), "web", keys));
    EXPECT_TRUE(has_heard(R"({"keys":[{"type":"number","data":29},{"type":"number","data":56},)"
                          R"({"type":"number","data":211}],"hold-time":50})"))
        << heard();
    KeyPress none{0, {}, {}};
    EXPECT_EQ(code_of(driver->send_key(uuid_of(1), "web", none)), ErrorCode::InvalidArgument);
    await(driver->inject_nmi(uuid_of(1), "web"));
    EXPECT_TRUE(has_heard("inject-nmi"));
}

TEST_F(DriverVerbs, WhatNeedsAGuestRefusesWithoutOne) {
    define("web");
    auto id = uuid_of(1);
    std::vector<Fd> none;
    KeyPress keys{0, {}, {30}};
    EXPECT_EQ(code_of(driver->monitor_command(id, "web", "x", true, std::move(none))),
              ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->send_key(id, "web", keys)), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->inject_nmi(id, "web")), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->screenshot(id, "web", 0)), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->open_channel(id, "web", {})), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->open_graphics(id, "web", 0, false)), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->agent_command(id, "web", "{}", {})), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->time(id, "web")), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->interface_addresses(id, "web", AddressSource::Lease)),
              ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->statistics(id, "web", 4)), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->pm_wakeup(id, "web")), ErrorCode::OperationInvalid);
    EXPECT_EQ(code_of(driver->shut_down(id, "web", {.agent = true})), ErrorCode::OperationInvalid);
}

// ---- the agent

TEST_F(DriverVerbs, AsksTheAgent) {
    start_with_agent();
    EXPECT_EQ(await(driver->time(uuid_of(1), "web")), std::chrono::nanoseconds{1'700'000'000'123'456'789});
    auto interfaces = await(driver->interface_addresses(uuid_of(1), "web", AddressSource::Agent));
    ASSERT_EQ(interfaces.size(), 1U);
    EXPECT_EQ(interfaces[0].mac, "52:54:00:00:00:01");
    ASSERT_EQ(interfaces[0].addresses.size(), 2U);
    EXPECT_EQ(interfaces[0].addresses[0].text, "10.0.0.2");
    EXPECT_TRUE(interfaces[0].addresses[1].ipv6);
    EXPECT_EQ(await(driver->agent_command(uuid_of(1), "web", R"({"execute": "guest-ping"})", {})),
              R"({"return":{}})");
    await(driver->set_time(uuid_of(1), "web", std::chrono::seconds{5}));
    EXPECT_TRUE(has_heard(R"("arguments":{"time":5000000000})")) << heard();
    EXPECT_TRUE(has_heard("rtc-reset-reinjection"));
    EXPECT_EQ(code_of(driver->hostname(uuid_of(1), "web", HostnameSource::Lease)), ErrorCode::NoHostname);
    EXPECT_EQ(code_of(driver->hostname(uuid_of(1), "web", HostnameSource::Any)),
              ErrorCode::AgentUnresponsive);
}

TEST_F(DriverVerbs, TellsOfTheAgentsComingAndGoing) {
    start_with_agent();
    ASSERT_TRUE(last<DomainAgentLifecycle>() != nullptr || collected.empty());
    tell(R"(VSERPORT_CHANGE {"open": false, "id": "channel0"})");
    ASSERT_NE(last<DomainAgentLifecycle>(), nullptr);
    EXPECT_EQ(last<DomainAgentLifecycle>()->state, 2);
    EXPECT_EQ(last<DomainAgentLifecycle>()->reason, 2);
    ASSERT_TRUE(until([&] { return live().find("state='disconnected'") != std::string::npos; }));
    EXPECT_EQ(code_of(driver->time(uuid_of(1), "web")), ErrorCode::AgentUnresponsive);
}

TEST_F(DriverVerbs, WithoutAChannelThereIsNoAgent) {
    start_with("");
    EXPECT_EQ(code_of(driver->time(uuid_of(1), "web")), ErrorCode::ArgumentUnsupported);
    EXPECT_EQ(code_of(driver->shut_down(uuid_of(1), "web", {.agent = true})), ErrorCode::ArgumentUnsupported);
    EXPECT_EQ(code_of(driver->shut_down(uuid_of(1), "web", {.initctl = true})),
              ErrorCode::ArgumentUnsupported);
}

TEST_F(DriverVerbs, ShutsDownByTheAgentWhereThereIsOne) {
    start_with_agent();
    await(driver->shut_down(uuid_of(1), "web", {}));
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_TRUE(has_heard("guest-shutdown"));
    EXPECT_FALSE(has_heard("system_powerdown"));
    EXPECT_EQ(state(), StateAndReason{ShutoffReason::Shutdown});
}

TEST_F(DriverVerbs, PressesThePowerButtonWhereTheAgentIsSilent) {
    start_with_agent();
    tell(R"(VSERPORT_CHANGE {"open": false, "id": "channel0"})");
    await(driver->shut_down(uuid_of(1), "web", {.agent = true, .acpi = true}));
    ASSERT_TRUE(until([&] { return !driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_TRUE(has_heard("system_powerdown"));
}

TEST_F(DriverVerbs, ASilentAgentIsInNobodysWay) {
    start_with_agent();
    AgentPatience for_ever;
    auto stuck = asio::co_spawn(
        loop, driver->agent_command(uuid_of(1), "web", R"({"execute": "guest-silence"})", for_ever),
        asio::use_future);
    ASSERT_TRUE(hears(R"({"execute":"guest-silence"})"));
    await(driver->suspend(uuid_of(1), "web"));
    await(driver->resume(uuid_of(1), "web"));
    await(driver->destroy(uuid_of(1), "web", false));
    ASSERT_TRUE(until([&] { return stuck.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    EXPECT_THROW(stuck.get(), Error);
}

TEST_F(DriverVerbs, TheAgentAndItsPatienceSurviveTheDaemon) {
    start_with_agent();
    AgentPatience patience{std::chrono::seconds{1}};
    await(driver->set_agent_patience(uuid_of(1), "web", patience));
    all.reset();
    restart_daemon();
    ASSERT_TRUE(until([&] { return driver->domains().find(uuid_of(1))->active(); }));
    EXPECT_EQ(await(driver->time(uuid_of(1), "web")), std::chrono::nanoseconds{1'700'000'000'123'456'789});
}

TEST_F(DriverVerbs, StoppingReleasesWhoWaitsForAnAgent) {
    start_with_agent();
    AgentPatience for_ever;
    auto stuck = asio::co_spawn(
        loop, driver->agent_command(uuid_of(1), "web", R"({"execute": "guest-silence"})", for_ever),
        asio::use_future);
    ASSERT_TRUE(hears(R"({"execute":"guest-silence"})"));
    driver->release_callers();
    ASSERT_TRUE(until([&] { return stuck.wait_for(std::chrono::seconds{0}) == std::future_status::ready; }));
    EXPECT_THROW(stuck.get(), Error);
}

TEST_F(DriverVerbs, TheAgentsChannelIsNotOpenedByOthers) {
    start_with_agent();
    EXPECT_EQ(code_of(driver->open_channel(uuid_of(1), "web", {})), ErrorCode::OperationInvalid);
    ConsoleOptions unknown{"nobody", false, false};
    EXPECT_EQ(code_of(driver->open_channel(uuid_of(1), "web", unknown)), ErrorCode::InvalidArgument);
}

// ---- settings

TEST_F(DriverVerbs, ChangesTextsOfGuestAndDefinition) {
    start_with("");
    MetadataChange title{MetadataType::Title, "The web", "", ""};
    await(driver->set_metadata(uuid_of(1), "web", title, {.live = true, .persistent = true}));
    EXPECT_NE(live().find("<title>The web</title>"), std::string::npos);
    EXPECT_NE(definition().find("<title>The web</title>"), std::string::npos);
    EXPECT_EQ(driver->domains().find(uuid_of(1))->title, "The web");
    ASSERT_NE(last<DomainMetadataChange>(), nullptr);
    EXPECT_EQ(last<DomainMetadataChange>()->type, 1);
    MetadataChange element{MetadataType::Element, "<app a='1'/>", "mine", "urn:mine"};
    await(driver->set_metadata(uuid_of(1), "web", element, {.live = false, .persistent = true}));
    EXPECT_NE(definition().find("urn:mine"), std::string::npos);
    EXPECT_EQ(live().find("urn:mine"), std::string::npos);
    EXPECT_EQ(last<DomainMetadataChange>()->uri, "urn:mine");
    restart_daemon();
    EXPECT_NE(definition().find("urn:mine"), std::string::npos);
    EXPECT_NE(live().find("<title>The web</title>"), std::string::npos);
}

TEST_F(DriverVerbs, BalloonsARunningGuest) {
    start_with("<memballoon model='virtio'/>");
    await(driver->set_memory(uuid_of(1), "web", MemorySize::mib(32), MemoryTarget::Current, {.live = true}));
    EXPECT_TRUE(has_heard(R"({"execute":"balloon","arguments":{"value":33554432})")) << heard();
    tell(R"(BALLOON_CHANGE {"actual": 33554432})");
    ASSERT_TRUE(until([&] { return driver->domains().find(uuid_of(1))->memory == MemorySize::mib(32); }));
    ASSERT_NE(last<DomainBalloonChange>(), nullptr);
    EXPECT_EQ(last<DomainBalloonChange>()->actual, MemorySize::mib(32));
    auto too_much = driver->set_memory(uuid_of(1), "web", MemorySize::mib(128), MemoryTarget::Current, {});
    EXPECT_EQ(code_of(std::move(too_much)), ErrorCode::InvalidArgument);
    auto limit = driver->set_memory(uuid_of(1), "web", MemorySize::mib(128), MemoryTarget::Maximum, {});
    EXPECT_EQ(code_of(std::move(limit)), ErrorCode::OperationInvalid);
    await(driver->set_memory(uuid_of(1), "web", MemorySize::mib(128), MemoryTarget::Maximum,
                             {.live = false, .persistent = true}));
    EXPECT_NE(definition().find("<memory unit='KiB'>131072</memory>"), std::string::npos);
    await(driver->set_memory_statistics_period(uuid_of(1), "web", std::chrono::seconds{3}, {}));
    EXPECT_TRUE(has_heard(R"("property":"guest-stats-polling-interval","value":3)")) << heard();
    EXPECT_NE(live().find("<stats period='3'/>"), std::string::npos);
}

TEST_F(DriverVerbs, ChangesVcpusOfTheDefinition) {
    start_with("");
    auto set = [&](std::uint32_t count, VcpuTarget target, Impact impact) {
        return code_of(driver->set_vcpus(uuid_of(1), "web", count, target, impact));
    };
    EXPECT_EQ(set(4, VcpuTarget::Maximum, {}), ErrorCode::OperationInvalid);
    EXPECT_EQ(set(2, VcpuTarget::Current, {}), ErrorCode::InvalidArgument); // it has one at most
    EXPECT_EQ(set(4, VcpuTarget::Maximum, {.persistent = true}), ErrorCode::Ok);
    EXPECT_EQ(set(2, VcpuTarget::Current, {.persistent = true}), ErrorCode::Ok);
    EXPECT_NE(definition().find("current='2'>4</vcpu>"), std::string::npos) << definition();
    EXPECT_EQ(set(2, VcpuTarget::Guest, {}), ErrorCode::ArgumentUnsupported);
}

TEST_F(DriverVerbs, PlugsVcpusIntoARunningGuest) {
    start_with("", "<vcpu current='2'>4</vcpu>");
    auto set = [&](std::uint32_t count) {
        return code_of(driver->set_vcpus(uuid_of(1), "web", count, VcpuTarget::Current, {.live = true}));
    };
    EXPECT_EQ(set(3), ErrorCode::Ok) << message;
    EXPECT_TRUE(has_heard(R"("arguments":{"socket-id":2,"driver":"fake-cpu","id":"vcpu2"})"));
    EXPECT_NE(live().find("current='3'>4</vcpu>"), std::string::npos) << live();
    EXPECT_EQ(definition().find("current='3'"), std::string::npos) << definition();
    EXPECT_EQ(set(5), ErrorCode::InvalidArgument);
    EXPECT_EQ(set(1), ErrorCode::OperationInvalid); // only what was plugged can go
    EXPECT_EQ(set(2), ErrorCode::Ok) << message;
    EXPECT_TRUE(has_heard(R"("execute":"device_del","arguments":{"id":"vcpu2"})"));
    EXPECT_NE(live().find("current='2'>4</vcpu>"), std::string::npos) << live();
}

TEST_F(DriverVerbs, ATransientGuestHasNoDefinitionToChange) {
    await(driver->create(xml("web"), {}));
    MetadataChange title{MetadataType::Title, "x", "", ""};
    EXPECT_EQ(code_of(driver->set_metadata(uuid_of(1), "web", title, {.persistent = true})),
              ErrorCode::OperationInvalid);
}

// ---- what QEMU tells

TEST_F(DriverVerbs, TellsOfDevices) {
    start_with("", "<clock offset='variable' adjustment='100'/>");
    tell(R"(WATCHDOG {"action": "reset"})");
    EXPECT_EQ(last<DomainWatchdog>()->action, 2);
    tell(R"(RTC_CHANGE {"offset": 7, "qom-path": "/machine/rtc"})");
    EXPECT_EQ(last<DomainRtcChange>()->offset, 107);
    ASSERT_TRUE(until([&] { return live().find("adjustment='107'") != std::string::npos; }));
    tell(R"(VNC_INITIALIZED {"server": {"auth": "vnc", "family": "ipv4", "service": "5900", "host": )"
         R"("127.0.0.1"}, "client": {"family": "ipv6", "service": "40000", "host": "::1", )"
         R"("sasl_username": "joe"}})");
    const auto* graphics = last<DomainGraphics>();
    ASSERT_NE(graphics, nullptr);
    EXPECT_EQ(graphics->phase, 1);
    EXPECT_EQ(graphics->local.service, "5900");
    EXPECT_EQ(graphics->remote.family, 1);
    EXPECT_EQ(graphics->authentication, "vnc");
    EXPECT_EQ(graphics->subject.at(0).second, "joe");
    tell(
        R"(SPICE_DISCONNECTED {"server": {"family": "ipv4", "port": "5900", "host": "127.0.0.1"}, "client": {}})");
    EXPECT_EQ(last<DomainGraphics>()->phase, 2);
    tell(
        R"(MEMORY_FAILURE {"recipient": "guest", "action": "inject", "flags": {"recursive": true, "action-required": false}})");
    EXPECT_EQ(last<DomainMemoryFailure>()->recipient, 1);
    EXPECT_EQ(last<DomainMemoryFailure>()->flags, 2U);
}

TEST_F(DriverVerbs, TellsOfDisksThatFail) {
    auto image = folder / "disk.raw";
    std::ofstream{image} << "x";
    start_with(
        fmt::format("<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{}'/>"
                    "<target dev='vda' bus='virtio'/></disk>",
                    image.native()));
    tell(R"(BLOCK_IO_ERROR {"device": "", "node-name": "libvirt-1-format", "operation": "write", "action": )"
         R"("stop", "nospace": true, "reason": "No space left on device"})");
    const auto* failure = last<DomainIoError>();
    ASSERT_NE(failure, nullptr);
    EXPECT_EQ(failure->source, image.native());
    EXPECT_EQ(failure->device, "virtio-disk0");
    EXPECT_EQ(failure->reason, "enospc");
    EXPECT_EQ(failure->action, 1);
    tell("STOP {}");
    EXPECT_EQ(state(), StateAndReason{PausedReason::IoError});
    auto failures = [&] {
        return std::ranges::count_if(
            collected, [](const auto& event) { return std::holds_alternative<DomainIoError>(event.what); });
    };
    auto before = failures();
    for (int i = 0; i < 20; ++i) // while the guest runs on it can fail as often as it likes
        tell(R"(BLOCK_IO_ERROR {"node-name": "libvirt-1-format", "operation": "write", "action": "report"})");
    EXPECT_LT(failures(), before + 20);
    EXPECT_GT(failures(), before);
    tell(R"(DEVICE_TRAY_MOVED {"id": "virtio-disk0", "tray-open": true})");
    EXPECT_EQ(last<DomainTrayChange>()->device, "virtio-disk0");
    EXPECT_EQ(last<DomainTrayChange>()->reason, 0);
    ASSERT_TRUE(until([&] { return live().find("tray='open'") != std::string::npos; }));
    tell(R"(DEVICE_DELETED {"device": "virtio-disk0", "path": "/machine/peripheral/virtio-disk0"})");
    ASSERT_TRUE(until([&] { return last<DomainDeviceRemoved>() != nullptr; }));
    EXPECT_EQ(last<DomainDeviceRemoved>()->device, "virtio-disk0");
    EXPECT_EQ(live().find("virtio-disk0"), std::string::npos);
}

TEST_F(DriverVerbs, AGuestFallsAsleepAndWakes) {
    start_with("");
    tell("SUSPEND_DISK {}");
    EXPECT_NE(last<DomainPmSuspendDisk>(), nullptr);
    EXPECT_EQ(state().state, DomainState::PmSuspended);
    tell("WAKEUP {}");
    EXPECT_NE(last<DomainPmWakeup>(), nullptr);
    tell("SUSPEND {}");
    EXPECT_NE(last<DomainPmSuspend>(), nullptr);
    await(driver->pm_wakeup(uuid_of(1), "web"));
    EXPECT_TRUE(has_heard("system_wakeup"));
}

TEST_F(DriverVerbs, RelaysTheMonitorToWhoWantsToHearIt) {
    start_with("");
    std::vector<hypervisor::MonitorEvent> told;
    auto listening = driver->monitor_events().subscribe(
        [&](const hypervisor::MonitorEvent& event) { told.push_back(event); });
    tell(R"(NEWS {"a": 1})");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].event, "NEWS");
    EXPECT_EQ(told[0].details, R"({"a":1})");
    EXPECT_EQ(told[0].seconds, 1);
    EXPECT_EQ(told[0].micros, 2U);
}

/// The fake refuses to tell of dirty pages, which hides nothing else.
TEST_F(DriverVerbs, TellsHowItsHypervisorIs) {
    start_with("");
    EXPECT_EQ(driver->control(uuid_of(1), "web").state, 0U);
    auto figures = await(driver->statistics(uuid_of(1), "web", 512 | 4 | 8 | 16 | 32 | 128));
    EXPECT_NE(std::ranges::find(figures, "balloon.rss", &protocol::TypedParameter::field), figures.end());
    EXPECT_NE(std::ranges::find(figures, "block.count", &protocol::TypedParameter::field), figures.end());
}

} // namespace vireo::qemu
