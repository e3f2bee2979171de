// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/dispatch_table.hpp"
#include "daemon/tests/fake_driver.hpp"
#include "rpc/tests/peer.hpp"

namespace vireo::daemon {

using rpc::MessageStatus;
using rpc::Peer;
using rpc::Received;

/// A client of a daemon whose driver is the fake one.
struct Client {
    FakeDriver& driver;
    Peer& peer;
    std::uint32_t serial = 0;

    template <class Args, class Ret>
    awaitable<Received> call(const protocol::Procedure<Args, Ret>& procedure, Args args) {
        co_await peer.send(Peer::call(procedure, args, ++serial));
        auto reply = co_await peer.receive();
        EXPECT_EQ(reply.header.serial, serial);
        co_return reply;
    }
    template <class Args, class Ret>
    awaitable<Ret> ask(const protocol::Procedure<Args, Ret>& procedure, Args args) {
        auto reply = co_await call(procedure, std::move(args));
        EXPECT_EQ(reply.header.status, MessageStatus::Ok) << procedure.name;
        auto answer = xdr::decode<Ret>(reply.body);
        co_return answer;
    }
    template <class Args, class Ret>
    awaitable<std::int32_t> refused(const protocol::Procedure<Args, Ret>& procedure, Args args) {
        auto reply = co_await call(procedure, std::move(args));
        EXPECT_EQ(reply.header.status, MessageStatus::Error) << procedure.name;
        auto error = xdr::decode<protocol::RemoteError>(reply.body);
        co_return error.code;
    }
    awaitable<void> open() {
        protocol::ConnectOpenArgs args{"fake:///system", 0};
        co_await ask(protocol::connect_open, std::move(args));
    }
    void start(const Uuid& domain, std::string name) {
        hypervisor::DomainEvent event{std::move(name), domain, 7,
                                      hypervisor::DomainLifecycle{hypervisor::StartedDetail::Booted}};
        driver.events().publish(event);
    }
};

inline void run(auto test, bool read_only = false) {
    FakeDriver driver;
    Drivers drivers{{"fake", &driver}};
    DispatchTable table{drivers};
    auto whole = [&](asio::io_context& loop, rpc::Server& server) -> awaitable<void> {
        Peer peer{loop, server, table.hypervisor(), read_only};
        Client client{driver, peer};
        co_await test(client);
    };
    rpc::run_with_server({}, whole);
}

} // namespace vireo::daemon
