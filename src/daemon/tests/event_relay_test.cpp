// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_messages.hpp"
#include "daemon/tests/client.hpp"
#include "protocol/qemu.hpp"

namespace vireo::daemon {

using namespace hypervisor; // NOLINT(google-build-using-namespace)
using namespace protocol;   // NOLINT(google-build-using-namespace)

namespace {
constexpr std::int32_t no_number = 0;

/// One event of each alternative, each with values of its own.
std::vector<DomainEvent::What> one_of_each() {
    TypedParameter parameter{"cputune.cpu_shares", std::uint64_t{7}};
    return {
        DomainLifecycle{StoppedDetail::Failed},
        DomainReboot{},
        DomainRtcChange{-3600},
        DomainWatchdog{3},
        DomainIoError{"/disk", "virtio0", "enospc", 2},
        DomainGraphics{1, {0, "::1", "5900"}, {2, "::2", "4711"}, "sasl", {{"x509", "CN=a"}, {"user", "b"}}},
        DomainControlError{},
        DomainBlockJob{"/disk", "vda", 2, 1},
        DomainDiskChange{"/old", std::nullopt, "ide0", 1},
        DomainTrayChange{"ide0", 1},
        DomainPmWakeup{},
        DomainPmSuspend{},
        DomainPmSuspendDisk{},
        DomainBalloonChange{MemorySize::kib(4096)},
        DomainDeviceAdded{"net1"},
        DomainDeviceRemoved{"net0"},
        DomainDeviceRemovalFailed{"net2"},
        DomainTunable{{parameter}},
        DomainAgentLifecycle{1, 2},
        DomainMigrationIteration{5},
        DomainJobCompleted{{parameter}},
        DomainMetadataChange{2, "urn:x"},
        DomainBlockThreshold{"vda", "/disk", 1ULL << 40U, 5},
        DomainMemoryFailure{1, 2, 3},
        DomainMemoryDeviceSizeChange{"dimm0", MemorySize::kib(2048)}};
}

/// Publishes all of them and returns what the client was told, by the messages' procedures.
awaitable<std::map<std::int32_t, std::string>> hear_all(Client& client, const Uuid& domain,
                                                        std::size_t count) {
    for (auto& what : one_of_each()) {
        DomainEvent event{"web", domain, 7, std::move(what)};
        client.driver.events().publish(event);
    }
    std::map<std::int32_t, std::string> heard;
    for (std::size_t i = 0; i < count; ++i) {
        auto message = co_await client.peer.receive();
        EXPECT_EQ(message.header.type, rpc::MessageType::Message);
        EXPECT_EQ(message.header.serial, 0U);
        EXPECT_TRUE(heard.emplace(message.header.procedure, message.body).second) << message.header.procedure;
    }
    protocol::Nothing nothing; // the next message is an answer: there were no more
    co_await client.ask(connect_get_type, nothing);
    co_return heard;
}

template <class Message> std::string encoded(const Message& message) {
    std::string bytes;
    xdr::encode(bytes, message);
    return bytes;
}

/// The old messages that the events above mean, by their procedures.
std::map<std::int32_t, std::string> old_messages(const Uuid& uuid) {
    DomainHandle web{"web", uuid, 7};
    return {{107, encoded(DomainEventLifecycleMsg{web, 5, 5})},
            {169, encoded(DomainEventRebootMsg{web})},
            {170, encoded(DomainEventRtcChangeMsg{web, -3600})},
            {171, encoded(DomainEventWatchdogMsg{web, 3})},
            {172, encoded(DomainEventIoErrorMsg{web, "/disk", "virtio0", 2})},
            {173,
             encoded(DomainEventGraphicsMsg{
                 web, 1, {0, "::1", "5900"}, {2, "::2", "4711"}, "sasl", {{"x509", "CN=a"}, {"user", "b"}}})},
            {195, encoded(DomainEventIoErrorReasonMsg{web, "/disk", "virtio0", 2, "enospc"})},
            {224, encoded(DomainEventControlErrorMsg{web})},
            {241, encoded(DomainEventBlockJobMsg{web, "/disk", 2, 1})},
            {248, encoded(DomainEventDiskChangeMsg{web, "/old", std::nullopt, "ide0", 1})},
            {268, encoded(DomainEventTrayChangeMsg{web, "ide0", 1})},
            {269, encoded(DomainEventPmwakeupMsg{web})},
            {270, encoded(DomainEventPmsuspendMsg{web})},
            {276, encoded(DomainEventBalloonChangeMsg{web, 4096})},
            {292, encoded(DomainEventPmsuspendDiskMsg{web})},
            {311, encoded(DomainEventDeviceRemovedMsg{web, "net0"})}};
}

/// The numbered message of each old one.
const std::map<std::int32_t, std::int32_t> successors{
    {107, 318}, {169, 319}, {170, 320}, {171, 321}, {172, 322}, {173, 323}, {195, 324}, {224, 325},
    {241, 326}, {248, 327}, {268, 328}, {269, 329}, {270, 330}, {276, 331}, {292, 332}, {311, 333}};

/// All numbered messages; the callback of event kind k has number k + 1.
std::map<std::int32_t, std::string> numbered_messages(const Uuid& uuid) {
    DomainHandle web{"web", uuid, 7};
    TypedParameter parameter{"cputune.cpu_shares", std::uint64_t{7}};
    std::map<std::int32_t, std::string> all{
        {339, encoded(DomainEventBlockJob2Msg{17, web, "vda", 2, 1})},
        {346, encoded(DomainEventCallbackTunableMsg{18, web, {parameter}})},
        {348, encoded(DomainEventCallbackAgentLifecycleMsg{19, web, 1, 2})},
        {354, encoded(DomainEventCallbackDeviceAddedMsg{20, web, "net1"})},
        {359, encoded(DomainEventCallbackMigrationIterationMsg{21, web, 5})},
        {363, encoded(DomainEventCallbackJobCompletedMsg{22, web, {parameter}})},
        {367, encoded(DomainEventCallbackDeviceRemovalFailedMsg{23, web, "net2"})},
        {379, encoded(DomainEventCallbackMetadataChangeMsg{24, web, 2, "urn:x"})},
        {385, encoded(DomainEventBlockThresholdMsg{25, web, "vda", "/disk", 1ULL << 40U, 5})},
        {423, encoded(DomainEventMemoryFailureMsg{26, web, 1, 2, 3})},
        {438, encoded(DomainEventMemoryDeviceSizeChangeMsg{27, web, "dimm0", 2048})}};
    std::int32_t number = 1;
    // The old kinds stand in the order of virDomainEventID, but for the suspend to disk and the balloon.
    for (auto old : {107, 169, 170, 171, 172, 173, 195, 224, 241, 248, 268, 269, 270, 276, 292, 311}) {
        bool with_reason = old == 269 || old == 270 || old == 292;
        auto wrapped =
            encoded(number++) + (with_reason ? encoded(no_number) : "") + old_messages(uuid).at(old);
        all.emplace(successors.at(old), std::move(wrapped));
    }
    return all;
}
} // namespace

TEST(EventRelay, TellsEveryKindToNumberedCallbacks) {
    auto test = [](Client& client) -> awaitable<void> {
        auto domain = client.driver.add("web");
        co_await client.open();
        for (std::int32_t kind = 0; kind < 27; ++kind) {
            ConnectDomainEventCallbackRegisterAnyArgs args{kind, std::nullopt};
            auto answer = co_await client.ask(connect_domain_event_callback_register_any, args);
            EXPECT_EQ(answer.callback_id, kind + 1);
        }
        auto heard = co_await hear_all(client, domain, 27);
        EXPECT_EQ(heard, numbered_messages(domain));
        ConnectDomainEventCallbackRegisterAnyArgs unknown{27, std::nullopt}, negative{-1, std::nullopt};
        EXPECT_EQ(co_await client.refused(connect_domain_event_callback_register_any, unknown), 8);
        EXPECT_EQ(co_await client.refused(connect_domain_event_callback_register_any, negative), 8);
    };
    run(test);
}

TEST(EventRelay, TellsTheOldKindsInTheOlderStyle) {
    auto test = [](Client& client) -> awaitable<void> {
        auto domain = client.driver.add("web");
        co_await client.open();
        for (std::int32_t kind = 0; kind < 27; ++kind) {
            ConnectDomainEventRegisterAnyArgs args{kind};
            if (kind < 16)
                co_await client.ask(connect_domain_event_register_any, args);
            else
                EXPECT_EQ(co_await client.refused(connect_domain_event_register_any, args), 8) << kind;
        }
        auto heard = co_await hear_all(client, domain, 16);
        EXPECT_EQ(heard, old_messages(domain));
        ConnectDomainEventRegisterAnyArgs twice{3};
        EXPECT_EQ(co_await client.refused(connect_domain_event_register_any, twice), 1);
    };
    run(test);
}

TEST(EventRelay, CountsTheOldestStyle) {
    auto test = [](Client& client) -> awaitable<void> {
        co_await client.open();
        Nothing nothing;
        EXPECT_EQ((co_await client.ask(connect_domain_event_register, nothing)).cb_registered, 1);
        EXPECT_EQ((co_await client.ask(connect_domain_event_deregister, nothing)).cb_registered, 0);
        EXPECT_EQ(co_await client.refused(connect_domain_event_deregister, nothing), 8);
    };
    run(test);
}

TEST(EventRelay, AnEventThatFitsNoMessageHoldsUpNoOther) {
    auto test = [](Client& client) -> awaitable<void> {
        auto domain = client.driver.add("web");
        co_await client.open();
        for (std::int32_t kind : {1, 21}) {
            ConnectDomainEventCallbackRegisterAnyArgs args{kind, std::nullopt};
            co_await client.ask(connect_domain_event_callback_register_any, args);
        }
        DomainJobCompleted endless;
        endless.parameters.resize(65, {"much", std::int32_t{1}}); // the message has room for 64
        DomainEvent too_large{"web", domain, 7, std::move(endless)}, next{"web", domain, 7, DomainReboot{}};
        client.driver.events().publish(too_large);
        client.driver.events().publish(next);
        auto heard = co_await client.peer.receive();
        EXPECT_EQ(heard.header.procedure, 319);
    };
    run(test);
}

TEST(EventRelay, RegistersForWhatIsNotADomain) {
    auto test = [](Client& client) -> awaitable<void> {
        co_await client.open();
        ConnectNetworkEventRegisterAnyArgs network{0, std::nullopt}, no_such{1, std::nullopt};
        auto first = co_await client.ask(connect_network_event_register_any, network);
        EXPECT_EQ(co_await client.refused(connect_network_event_register_any, no_such), 8);
        ConnectStoragePoolEventRegisterAnyArgs pool{1, std::nullopt};
        auto second = co_await client.ask(connect_storage_pool_event_register_any, pool);
        ConnectNodeDeviceEventRegisterAnyArgs device{1, std::nullopt};
        auto third = co_await client.ask(connect_node_device_event_register_any, device);
        ConnectSecretEventRegisterAnyArgs secret{1, std::nullopt};
        auto fourth = co_await client.ask(connect_secret_event_register_any, secret);
        std::set<std::int32_t> numbers{first.callback_id, second.callback_id, third.callback_id,
                                       fourth.callback_id};
        EXPECT_EQ(numbers.size(), 4U);
        // A number counts only for what it was given for.
        ConnectStoragePoolEventDeregisterAnyArgs wrong{first.callback_id};
        EXPECT_EQ(co_await client.refused(connect_storage_pool_event_deregister_any, wrong), 8);
        ConnectDomainEventCallbackDeregisterAnyArgs wrong_too{first.callback_id};
        EXPECT_EQ(co_await client.refused(connect_domain_event_callback_deregister_any, wrong_too), 8);
        ConnectNetworkEventDeregisterAnyArgs right{first.callback_id};
        co_await client.ask(connect_network_event_deregister_any, right);
        EXPECT_EQ(co_await client.refused(connect_network_event_deregister_any, right), 8);
        ConnectNetworkEventRegisterAnyArgs one{0, NetworkHandle{"default", Uuid{}}};
        EXPECT_EQ(co_await client.refused(connect_network_event_register_any, one), 43);
    };
    run(test);
}

TEST(EventRelay, TellsWhatMonitorsSay) {
    auto test = [](Client& client) -> awaitable<void> {
        auto web = client.driver.add("web"), mail = client.driver.add("mail");
        co_await client.open();
        EXPECT_FALSE(client.driver.monitor_events().has_listeners());
        QemuConnectDomainMonitorEventRegisterArgs all{std::nullopt, std::nullopt, 0};
        QemuConnectDomainMonitorEventRegisterArgs one{DomainHandle{"mail", mail, -1}, "stop", 2};
        auto first = co_await client.ask(qemu_connect_domain_monitor_event_register, all);
        auto second = co_await client.ask(qemu_connect_domain_monitor_event_register, one);
        EXPECT_TRUE(client.driver.monitor_events().has_listeners());
        for (const auto& uuid : {web, mail}) {
            hypervisor::MonitorEvent event{
                uuid == web ? "web" : "mail", uuid, 7, "STOP", 12, 34, R"({"a":1})"};
            client.driver.monitor_events().publish(event);
        }
        std::vector<std::string> heard, expected;
        for (int i = 0; i < 3; ++i) {
            auto message = co_await client.peer.receive();
            EXPECT_EQ(message.header.program, rpc::Program::Qemu);
            EXPECT_EQ(message.header.procedure, 6);
            heard.push_back(message.body);
        }
        for (const auto& [callback, name, uuid] :
             {std::tuple{first.callback_id, "web", web}, std::tuple{first.callback_id, "mail", mail},
              std::tuple{second.callback_id, "mail", mail}})
            expected.push_back(
                encoded(QemuDomainMonitorEventMsg{callback, {name, uuid, 7}, "STOP", 12, 34, R"({"a":1})"}));
        EXPECT_EQ(heard, expected);
        for (auto callback : {first.callback_id, second.callback_id}) {
            QemuConnectDomainMonitorEventDeregisterArgs gone{callback};
            co_await client.ask(qemu_connect_domain_monitor_event_deregister, gone);
        }
        EXPECT_FALSE(client.driver.monitor_events().has_listeners());
    };
    run(test);
}

TEST(EventRelay, ACloseCallbackIsOneAtMost) {
    auto test = [](Client& client) -> awaitable<void> {
        co_await client.open();
        Nothing nothing;
        EXPECT_EQ(co_await client.refused(connect_unregister_close_callback, nothing), 1);
        co_await client.ask(connect_register_close_callback, nothing);
        EXPECT_EQ(co_await client.refused(connect_register_close_callback, nothing), 1);
        co_await client.ask(connect_unregister_close_callback, nothing);
        co_await client.ask(connect_register_close_callback, nothing);
    };
    run(test);
}

struct FilterCase {
    std::optional<std::string> name;
    std::uint32_t flags;
    std::string event;
    bool matches;
};
class MonitorEventFilterTest : public testing::TestWithParam<FilterCase> {};
TEST_P(MonitorEventFilterTest, KnowsNamesAndPatterns) {
    MonitorEventFilter filter{GetParam().name, GetParam().flags};
    EXPECT_EQ(filter.matches(GetParam().event), GetParam().matches);
}
INSTANTIATE_TEST_SUITE_P(
    Names, MonitorEventFilterTest,
    testing::Values(FilterCase{std::nullopt, 0, "STOP", true}, FilterCase{"STOP", 0, "STOP", true},
                    FilterCase{"STO", 0, "STOP", false}, FilterCase{"stop", 0, "STOP", false},
                    FilterCase{"stop", 2, "STOP", true}, FilterCase{"BLOCK_.*", 0, "BLOCK_JOB_READY", false},
                    FilterCase{"BLOCK_.*", 1, "BLOCK_JOB_READY", true},
                    FilterCase{"JOB", 1, "BLOCK_JOB_READY", true},
                    FilterCase{"^JOB", 1, "BLOCK_JOB_READY", false},
                    FilterCase{"^(stop|resume)$", 3, "RESUME", true},
                    FilterCase{"^(stop|resume)$", 1, "RESUME", false}));

TEST(MonitorEventFilterTest, RefusesWhatIsNoPatternOrCostsTooMuch) {
    for (const std::string pattern : {"(", "[", "a{1000}", "(a)\\1", "*a("})
        EXPECT_THROW(MonitorEventFilter(pattern, 1), Error) << pattern;
    EXPECT_THROW(MonitorEventFilter(std::string(2000, 'a'), 1), Error);
    EXPECT_THROW(MonitorEventFilter("a" + std::string(20, '+'), 1), Error); // a million when compiled
    EXPECT_NO_THROW(MonitorEventFilter("(", 0));                            // a name that no event has
}

} // namespace vireo::daemon
