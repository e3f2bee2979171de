// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/log_settings.hpp"
#include "daemon/admin_parameters.hpp"
#include "daemon/dispatch_table.hpp"
#include "rpc/tests/peer.hpp"

#include <unistd.h>

namespace vireo::daemon {

using namespace protocol; // NOLINT(google-build-using-namespace)
using rpc::Peer;
using rpc::Received;

namespace {
/// An administrator of a daemon whose one server has him and another client.
struct Administrator {
    DispatchTable& table;
    Peer& peer;
    Peer& other;
    std::uint32_t serial = 0;

    template <class Args, class Ret>
    awaitable<Received> call(const Procedure<Args, Ret>& procedure, Args args) {
        co_await peer.send(Peer::call(procedure, args, ++serial));
        auto reply = co_await peer.receive();
        EXPECT_EQ(reply.header.serial, serial);
        co_return reply;
    }
    template <class Args, class Ret> awaitable<Ret> ask(const Procedure<Args, Ret>& procedure, Args args) {
        auto reply = co_await call(procedure, std::move(args));
        EXPECT_EQ(reply.header.status, rpc::MessageStatus::Ok) << procedure.name;
        auto answer = xdr::decode<Ret>(reply.body);
        co_return answer;
    }
    template <class Args, class Ret>
    awaitable<std::int32_t> refused(const Procedure<Args, Ret>& procedure, Args args) {
        auto reply = co_await call(procedure, std::move(args));
        EXPECT_EQ(reply.header.status, rpc::MessageStatus::Error) << procedure.name;
        co_return xdr::decode<RemoteError>(reply.body).code;
    }
};

void run(auto test, bool open = true) {
    Drivers none;
    DispatchTable table{none};
    auto whole = [&](asio::io_context& loop, rpc::Server& server) -> awaitable<void> {
        table.administration().servers = {{"libvirtd", &server, 100}};
        Peer peer{loop, server, table.admin()}, other{loop, server, table.hypervisor(), true};
        Administrator administrator{table, peer, other};
        AdminConnectOpenArgs args;
        if (open) co_await administrator.ask(admin_connect_open, args);
        co_await test(administrator);
    };
    rpc::run_with_server({}, whole);
}

const AdminServerHandle libvirtd{"libvirtd"}, nobody{"nobody"};

std::optional<TypedValue> value_of(const std::vector<TypedParameter>& parameters, std::string_view name) {
    auto found = std::ranges::find(parameters, name, &TypedParameter::field);
    return found == parameters.end() ? std::nullopt : std::optional{found->value};
}
TypedParameter count(std::string name, std::uint32_t value) { return {std::move(name), value}; }
} // namespace

TEST(Admin, MustBeOpenedFirst) {
    auto test = [](Administrator& administrator) -> awaitable<void> {
        AdminConnectListServersArgs list{1, 0};
        EXPECT_EQ(co_await administrator.refused(admin_connect_list_servers, list), 1);
        AdminConnectOpenArgs odd{1}, open{0};
        EXPECT_EQ(co_await administrator.refused(admin_connect_open, odd), 8);
        co_await administrator.ask(admin_connect_open, open);
        EXPECT_EQ(co_await administrator.refused(admin_connect_open, open), 39);
        auto servers = co_await administrator.ask(admin_connect_list_servers, list);
        EXPECT_EQ(servers.ret, 1U);
        EXPECT_EQ(servers.servers.at(0).name, "libvirtd");
    };
    run(test, false);
}

TEST(Admin, FindsServersByName) {
    auto test = [](Administrator& administrator) -> awaitable<void> {
        AdminConnectLookupServerArgs known{"libvirtd", 0}, unknown{"nobody", 0}, flags{"libvirtd", 1};
        auto server = co_await administrator.ask(admin_connect_lookup_server, known);
        EXPECT_EQ(server.srv.name, "libvirtd");
        EXPECT_EQ(co_await administrator.refused(admin_connect_lookup_server, unknown), 95);
        EXPECT_EQ(co_await administrator.refused(admin_connect_lookup_server, flags), 8);
        AdminServerUpdateTlsFilesArgs tls{libvirtd, 0};
        EXPECT_EQ(co_await administrator.refused(admin_server_update_tls_files, tls), 1);
    };
    run(test);
}

TEST(Admin, KeepsCountsOfWorkers) {
    auto test = [](Administrator& administrator) -> awaitable<void> {
        AdminServerSetThreadpoolParametersArgs set{
            libvirtd, {count("minWorkers", 3), count("maxWorkers", 30)}, 0};
        co_await administrator.ask(admin_server_set_threadpool_parameters, set);
        AdminServerGetThreadpoolParametersArgs get{libvirtd, 0};
        auto workers = co_await administrator.ask(admin_server_get_threadpool_parameters, get);
        EXPECT_EQ(value_of(workers.params, "minWorkers"), TypedValue{3U});
        EXPECT_EQ(value_of(workers.params, "maxWorkers"), TypedValue{30U});
        EXPECT_EQ(value_of(workers.params, "prioWorkers"), TypedValue{0U});
        EXPECT_GE(std::get<std::uint32_t>(value_of(workers.params, "nWorkers").value()), 3U); // it has them
        EXPECT_EQ(value_of(workers.params, "jobQueueDepth"), TypedValue{0U});
        TypedParameter text{"maxWorkers", std::string{"9"}};
        for (const auto& wrong : {count("minWorkers", 31), count("maxWorkers", 2), count("nWorkers", 1),
                                  count("nothing", 1), text}) {
            AdminServerSetThreadpoolParametersArgs refused{libvirtd, {count("prioWorkers", 9), wrong}, 0};
            EXPECT_EQ(co_await administrator.refused(admin_server_set_threadpool_parameters, refused), 8)
                << wrong.field;
        }
        workers = co_await administrator.ask(admin_server_get_threadpool_parameters, get);
        EXPECT_EQ(value_of(workers.params, "prioWorkers"), TypedValue{0U})
            << "a refused call changed something";
    };
    run(test);
}

TEST(Admin, RefusesLimitsThatCannotBe) {
    auto test = [](Administrator& administrator) -> awaitable<void> {
        for (const auto& wrong :
             {count("nclients_max", 0), count("nclients_max", 101), count("nclients", 5)}) {
            AdminServerSetClientLimitsArgs args{libvirtd, {wrong}, 0};
            EXPECT_EQ(co_await administrator.refused(admin_server_set_client_limits, args), 8) << wrong.field;
        }
        AdminServerSetClientLimitsArgs more{
            libvirtd, {count("nclients_max", 5), count("nclients_unauth_max", 6)}, 0};
        EXPECT_EQ(co_await administrator.refused(admin_server_set_client_limits, more), 8);
        AdminServerGetClientLimitsArgs get{libvirtd, 0};
        auto limits = co_await administrator.ask(admin_server_get_client_limits, get);
        EXPECT_EQ(value_of(limits.params, "nclients"), TypedValue{2U});
        EXPECT_EQ(value_of(limits.params, "nclients_unauth_max"), TypedValue{20U});
    };
    run(test);
}

TEST(Admin, ShowsClientsAndDisconnectsThem) {
    auto test = [](Administrator& administrator) -> awaitable<void> {
        AdminServerListClientsArgs list{libvirtd, 1, 0}, only_count{libvirtd, 0, 0}, elsewhere{nobody, 1, 0};
        auto clients = co_await administrator.ask(admin_server_list_clients, list);
        EXPECT_EQ(clients.ret, 2U);
        EXPECT_EQ(clients.clients.size(), 2U);
        EXPECT_LT(clients.clients.at(0).id, clients.clients.at(1).id);
        EXPECT_GT(clients.clients.at(0).timestamp, 1'600'000'000);
        auto counted = co_await administrator.ask(admin_server_list_clients, only_count);
        EXPECT_EQ(counted.ret, 2U);
        EXPECT_TRUE(counted.clients.empty());
        EXPECT_EQ(co_await administrator.refused(admin_server_list_clients, elsewhere), 95);

        auto other = clients.clients.at(1);
        AdminServerLookupClientArgs found{libvirtd, other.id, 0}, lost{libvirtd, 999, 0};
        auto again = co_await administrator.ask(admin_server_lookup_client, found);
        EXPECT_EQ(again.clnt.timestamp, other.timestamp);
        EXPECT_EQ(co_await administrator.refused(admin_server_lookup_client, lost), 96);

        AdminClientGetInfoArgs about{other, 0};
        auto info = co_await administrator.ask(admin_client_get_info, about);
        EXPECT_EQ(value_of(info.params, "readonly"), TypedValue{Boolean{1}});
        EXPECT_EQ(value_of(info.params, "unix_process_id"),
                  TypedValue{static_cast<std::int32_t>(::getpid())});
        EXPECT_EQ(value_of(info.params, "unix_user_id"), TypedValue{static_cast<std::int32_t>(::getuid())});

        AdminClientCloseArgs gone{other, 0};
        co_await administrator.ask(admin_client_close, gone);
        EXPECT_TRUE(co_await administrator.other.hung_up());
        EXPECT_EQ(co_await administrator.refused(admin_client_close, gone), 96);
        EXPECT_EQ(co_await administrator.refused(admin_client_get_info, about), 96);
        AdminClientCloseArgs himself{clients.clients.at(0), 0};
        co_await administrator.peer.send(Peer::call(admin_client_close, himself, 99));
        EXPECT_TRUE(co_await administrator.peer.hung_up());
    };
    run(test);
}

TEST(Admin, ChangesTheLog) {
    auto filters = log::filters();
    auto test = [](Administrator& administrator) -> awaitable<void> {
        AdminConnectSetLoggingFiltersArgs set{"1:rpc 3:qemu", 0}, bad{"bogus", 0}, none{std::nullopt, 0};
        co_await administrator.ask(admin_connect_set_logging_filters, set);
        EXPECT_EQ(co_await administrator.refused(admin_connect_set_logging_filters, bad), 8);
        AdminConnectGetLoggingFiltersArgs get{0};
        auto now = co_await administrator.ask(admin_connect_get_logging_filters, get);
        EXPECT_EQ(now.filters, log::filters());
        EXPECT_EQ(now.nfilters, 2U);
        co_await administrator.ask(admin_connect_set_logging_filters, none);
        now = co_await administrator.ask(admin_connect_get_logging_filters, get);
        EXPECT_EQ(now.filters, std::nullopt);
        AdminConnectSetLoggingOutputsArgs nowhere{"9:nowhere", 0};
        EXPECT_EQ(co_await administrator.refused(admin_connect_set_logging_outputs, nowhere), 8);
        AdminConnectGetLoggingOutputsArgs get_outputs{0};
        auto outputs = co_await administrator.ask(admin_connect_get_logging_outputs, get_outputs);
        EXPECT_EQ(outputs.outputs, log::outputs());
        EXPECT_EQ(outputs.noutputs, 1U);
    };
    run(test);
    log::set_filters(filters);
}

TEST(Admin, SetsWhenTheDaemonEnds) {
    auto test = [](Administrator& administrator) -> awaitable<void> {
        std::vector<std::optional<std::chrono::seconds>> set;
        administrator.table.administration().set_timeout = [&](auto patience) { set.push_back(patience); };
        AdminConnectSetDaemonTimeoutArgs soon{120, 0}, never{0, 0};
        co_await administrator.ask(admin_connect_set_daemon_timeout, soon);
        co_await administrator.ask(admin_connect_set_daemon_timeout, never);
        EXPECT_EQ(set.size(), 2U);
        EXPECT_EQ(set.at(0), std::chrono::seconds{120});
        EXPECT_EQ(set.at(1), std::nullopt);
    };
    run(test);
}

} // namespace vireo::daemon
