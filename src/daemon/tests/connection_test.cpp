// SPDX-License-Identifier: Apache-2.0
#include "daemon/tests/client.hpp"

namespace vireo::daemon {

using protocol::Nothing;

TEST(Connection, IsOpenedBeforeItIsUsed) {
    auto test = [](Client& client) -> awaitable<void> {
        Nothing nothing;
        auto early = co_await client.refused(protocol::connect_get_type, nothing);
        EXPECT_EQ(early, 1);
        protocol::ConnectOpenArgs other{"xen:///system", 0}, flags{"fake:///system", 64};
        auto unknown = co_await client.refused(protocol::connect_open, std::move(other));
        EXPECT_EQ(unknown, 5);
        auto odd = co_await client.refused(protocol::connect_open, std::move(flags));
        EXPECT_EQ(odd, 8);
        co_await client.open();
        auto type = co_await client.ask(protocol::connect_get_type, nothing);
        EXPECT_EQ(type.type, "Fake");
        protocol::ConnectOpenArgs again{"fake:///system", 0};
        auto twice = co_await client.refused(protocol::connect_open, std::move(again));
        EXPECT_EQ(twice, 39);
    };
    run(test);
}

TEST(Connection, ThatAsksToReadOnlyMayOnlyRead) {
    auto test = [](Client& client) -> awaitable<void> {
        auto domain = client.driver.add("web");
        protocol::ConnectOpenArgs open{"fake:///system", 1};
        co_await client.ask(protocol::connect_open, std::move(open));
        protocol::DomainCreateArgs create{{"web", domain, -1}};
        auto code = co_await client.refused(protocol::domain_create, std::move(create));
        EXPECT_EQ(code, 29);
        EXPECT_EQ(client.driver.asked, "");
    };
    run(test);
}

TEST(Connection, PasswordsAreNotForReaders) {
    auto test = [](Client& client) -> awaitable<void> {
        auto domain = client.driver.add("web");
        co_await client.open();
        protocol::DomainGetXmlDescArgs open{{"web", domain, -1}, 0}, secure{{"web", domain, -1}, 1};
        auto shown = co_await client.ask(protocol::domain_get_xml_desc, std::move(open));
        EXPECT_EQ(shown.xml, "<domain/>");
        auto code = co_await client.refused(protocol::domain_get_xml_desc, std::move(secure));
        EXPECT_EQ(code, 29);
    };
    run(test, true);
}

TEST(Events, OfTheOldestStyleCarryNoNumber) {
    auto test = [](Client& client) -> awaitable<void> {
        auto domain = client.driver.add("web");
        co_await client.open();
        Nothing nothing;
        co_await client.ask(protocol::connect_domain_event_register, nothing);
        client.start(domain, "web");
        auto event = co_await client.peer.receive();
        EXPECT_EQ(event.header.procedure, protocol::domain_event_lifecycle.number);
        EXPECT_EQ(event.header.type, rpc::MessageType::Message);
        auto message = xdr::decode<protocol::DomainEventLifecycleMsg>(event.body);
        EXPECT_EQ(message.dom.name, "web");
        EXPECT_EQ(message.event, 2);
        co_await client.ask(protocol::connect_domain_event_deregister, nothing);
        client.start(domain, "web"); // nobody hears it: the next message is an answer
        co_await client.ask(protocol::connect_get_type, nothing);
    };
    run(test);
}

TEST(Events, OfTheOldStyleAreOneOfAKind) {
    auto test = [](Client& client) -> awaitable<void> {
        auto domain = client.driver.add("web");
        co_await client.open();
        protocol::ConnectDomainEventRegisterAnyArgs reboot{1};
        co_await client.ask(protocol::connect_domain_event_register_any, reboot);
        client.start(domain, "web"); // another kind
        hypervisor::DomainEvent event{"web", domain, 7, hypervisor::DomainReboot{}};
        client.driver.events().publish(event);
        auto heard = co_await client.peer.receive();
        EXPECT_EQ(heard.header.procedure, protocol::domain_event_reboot.number);
        protocol::ConnectDomainEventDeregisterAnyArgs gone{1};
        co_await client.ask(protocol::connect_domain_event_deregister_any, gone);
        auto twice = co_await client.refused(protocol::connect_domain_event_deregister_any, gone);
        EXPECT_EQ(twice, 8);
    };
    run(test);
}

TEST(Events, OfTheNewStyleAreNumberedAndMayBeOfOneDomain) {
    auto test = [](Client& client) -> awaitable<void> {
        auto web = client.driver.add("web"), mail = client.driver.add("mail");
        co_await client.open();
        protocol::ConnectDomainEventCallbackRegisterAnyArgs all{0, std::nullopt};
        protocol::ConnectDomainEventCallbackRegisterAnyArgs one{0, protocol::DomainHandle{"mail", mail, -1}};
        auto first = co_await client.ask(protocol::connect_domain_event_callback_register_any, all);
        auto second = co_await client.ask(protocol::connect_domain_event_callback_register_any, one);
        EXPECT_NE(first.callback_id, second.callback_id);
        client.start(web, "web");
        client.start(mail, "mail");
        std::vector<std::pair<std::int32_t, std::string>> heard;
        for (int i = 0; i < 3; ++i) {
            auto event = co_await client.peer.receive();
            EXPECT_EQ(event.header.procedure, protocol::domain_event_callback_lifecycle.number);
            auto message = xdr::decode<protocol::DomainEventCallbackLifecycleMsg>(event.body);
            heard.emplace_back(message.callback_id, message.msg.dom.name);
        }
        std::vector<std::pair<std::int32_t, std::string>> expected{
            {first.callback_id, "web"}, {first.callback_id, "mail"}, {second.callback_id, "mail"}};
        EXPECT_EQ(heard, expected);
        protocol::ConnectDomainEventCallbackDeregisterAnyArgs gone{first.callback_id};
        co_await client.ask(protocol::connect_domain_event_callback_deregister_any, gone);
        auto twice = co_await client.refused(protocol::connect_domain_event_callback_deregister_any, gone);
        EXPECT_EQ(twice, 8);
        protocol::ConnectDomainEventCallbackRegisterAnyArgs unknown{27, std::nullopt};
        auto odd = co_await client.refused(protocol::connect_domain_event_callback_register_any, unknown);
        EXPECT_EQ(odd, 8);
    };
    run(test);
}

TEST(Autodestroy, EndsTheGuestWithTheConnection) {
    std::string asked;
    auto test = [&asked](Client& client) -> awaitable<void> {
        auto web = client.driver.add("web", 3), old = client.driver.add("old", 4);
        co_await client.open();
        protocol::DomainCreateWithFlagsArgs first{{"web", web, -1}, 2}, second{{"old", old, -1}, 2};
        co_await client.ask(protocol::domain_create_with_flags, std::move(first));
        co_await client.ask(protocol::domain_create_with_flags, std::move(second));
        client.driver.remove(old); // another run of it would not be ours to end
        client.peer.close();
        asio::steady_timer turn{co_await asio::this_coro::executor};
        while (client.driver.asked.find("destroy web") == std::string::npos) {
            turn.expires_after(std::chrono::milliseconds{1});
            co_await turn.async_wait(asio::use_awaitable);
        }
        asked = client.driver.asked;
    };
    run(test);
    EXPECT_EQ(asked, "start web autodestroy;start old autodestroy;destroy web;");
}

} // namespace vireo::daemon
