// SPDX-License-Identifier: Apache-2.0
#include "daemon/admin_calls.hpp"

#include "async/blocking.hpp"
#include "base/error.hpp"
#include "base/log_settings.hpp"
#include "daemon/admin_parameters.hpp"
#include "daemon/connection.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace vireo::daemon {

namespace {
constexpr std::uint32_t unix_transport = 0; // virClientTransport

/// What a session has that has opened the admin program.
struct AdminConnection final : rpc::SessionData {};

void require_open(const rpc::Session& session) {
    if (dynamic_cast<const AdminConnection*>(session.data()) == nullptr)
        throw Error(ErrorCode::InternalError, ErrorDomain::Admin, "the admin connection is not open yet");
}

/// What every call but the first begins with.
void begin(const rpc::Session& session, std::uint32_t flags, std::string_view function) {
    require_open(session);
    check_flags(flags, 0, function);
}

std::shared_ptr<rpc::Session> require_client(const AdministeredServer& server, std::uint64_t id) {
    const auto& sessions = server.server->sessions();
    if (auto found = sessions.find(id); found != sessions.end()) return found->second;
    throw Error(ErrorCode::NoClient, ErrorDomain::Admin,
                fmt::format("Client not found: {} has no client {}", server.name, id));
}

protocol::AdminClientHandle handle_of(const AdministeredServer& server, const rpc::Session& client) {
    auto since =
        std::chrono::duration_cast<std::chrono::seconds>(client.connected_since().time_since_epoch());
    return {{server.name}, client.id(), since.count(), unix_transport};
}

std::uint32_t count_words(std::string_view text) {
    std::uint32_t words = 0;
    bool inside = false;
    for (char each : text) {
        bool blank = each == ' ';
        words += !blank && !inside ? 1 : 0;
        inside = !blank;
    }
    return words;
}
} // namespace

/// The socket's mode decides first; where a configuration opens it to others, this does.
void AdminCalls::open(Session& session, protocol::AdminConnectOpenArgs args) {
    check_flags(args.flags, 0, "virAdmConnectOpen");
    auto user = session.identity().user;
    if (user != 0 && user != ::geteuid())
        throw Error(ErrorCode::OperationDenied, ErrorDomain::Admin,
                    "only root and the user who runs this daemon may administer it");
    if (session.data() != nullptr)
        throw Error(ErrorCode::Rpc, ErrorDomain::Rpc, "the connection is open already");
    session.set_data(std::make_unique<AdminConnection>());
}

void AdminCalls::close(Session&) {} // the client hangs up next

protocol::AdminConnectGetLibVersionRet AdminCalls::lib_version(Session& session) {
    require_open(session);
    return {compatible_version};
}

// ---- servers

AdministeredServer& AdminCalls::require_server(const protocol::AdminServerHandle& handle) {
    auto found = std::ranges::find(administration_.servers, handle.name, &AdministeredServer::name);
    if (found != administration_.servers.end()) return *found;
    throw Error(ErrorCode::NoServer, ErrorDomain::Admin,
                fmt::format("Server not found: this daemon has no server '{}'", handle.name));
}

protocol::AdminConnectListServersRet AdminCalls::list_servers(Session& session,
                                                              protocol::AdminConnectListServersArgs args) {
    begin(session, args.flags, "virAdmConnectListServers");
    protocol::AdminConnectListServersRet answer;
    answer.ret = static_cast<std::uint32_t>(administration_.servers.size());
    if (args.need_results != 0)
        for (const auto& server : administration_.servers) answer.servers.push_back({server.name});
    return answer;
}

protocol::AdminConnectLookupServerRet
AdminCalls::look_up_server(Session& session, protocol::AdminConnectLookupServerArgs args) {
    begin(session, args.flags, "virAdmConnectLookupServer");
    return {{require_server({args.name}).name}};
}

protocol::AdminServerGetThreadpoolParametersRet
AdminCalls::workers(Session& session, protocol::AdminServerGetThreadpoolParametersArgs args) {
    begin(session, args.flags, "virAdmServerGetThreadPoolParameters");
    protocol::AdminServerGetThreadpoolParametersRet answer;
    put_workers(answer.params, require_server(args.srv));
    return answer;
}

void AdminCalls::set_workers(Session& session, protocol::AdminServerSetThreadpoolParametersArgs args) {
    begin(session, args.flags, "virAdmServerSetThreadPoolParameters");
    take_workers(args.params, require_server(args.srv));
    size_workers(administration_.servers);
}

protocol::AdminServerGetClientLimitsRet
AdminCalls::client_limits(Session& session, protocol::AdminServerGetClientLimitsArgs args) {
    begin(session, args.flags, "virAdmServerGetClientLimits");
    protocol::AdminServerGetClientLimitsRet answer;
    put_client_limits(answer.params, require_server(args.srv));
    return answer;
}

void AdminCalls::set_client_limits(Session& session, protocol::AdminServerSetClientLimitsArgs args) {
    begin(session, args.flags, "virAdmServerSetClientLimits");
    take_client_limits(args.params, require_server(args.srv));
}

void AdminCalls::update_tls(Session& session, protocol::AdminServerUpdateTlsFilesArgs args) {
    begin(session, args.flags, "virAdmServerUpdateTlsFiles");
    throw Error(ErrorCode::InternalError, ErrorDomain::Admin,
                fmt::format("{} has no TLS files to read again: this version serves unix sockets only",
                            require_server(args.srv).name));
}

// ---- clients

protocol::AdminServerListClientsRet AdminCalls::list_clients(Session& session,
                                                             protocol::AdminServerListClientsArgs args) {
    begin(session, args.flags, "virAdmServerListClients");
    const auto& server = require_server(args.srv);
    protocol::AdminServerListClientsRet answer;
    answer.ret = static_cast<std::uint32_t>(server.server->session_count());
    if (args.need_results != 0)
        for (const auto& [id, client] : server.server->sessions())
            answer.clients.push_back(handle_of(server, *client));
    return answer;
}

protocol::AdminServerLookupClientRet AdminCalls::look_up_client(Session& session,
                                                                protocol::AdminServerLookupClientArgs args) {
    begin(session, args.flags, "virAdmServerLookupClient");
    const auto& server = require_server(args.srv);
    return {handle_of(server, *require_client(server, args.id))};
}

/// The names of users may come from a directory on the network: that is not waited for here.
awaitable<protocol::AdminClientGetInfoRet> AdminCalls::client_info(Session& session,
                                                                   protocol::AdminClientGetInfoArgs args) {
    begin(session, args.flags, "virAdmClientGetInfo");
    auto client = require_client(require_server(args.clnt.srv), args.clnt.id);
    auto identity = client->identity();
    bool read_only = client->read_only();
    client.reset();
    auto look_up = [identity] { return names_of(identity); };
    auto names = co_await async::blocking(look_up);
    protocol::AdminClientGetInfoRet answer;
    put_identity(answer.params, identity, names, read_only);
    co_return answer;
}

void AdminCalls::close_client(Session& session, protocol::AdminClientCloseArgs args) {
    begin(session, args.flags, "virAdmClientClose");
    require_client(require_server(args.clnt.srv), args.clnt.id)->close();
}

// ---- the daemon

protocol::AdminConnectGetLoggingOutputsRet
AdminCalls::log_outputs(Session& session, protocol::AdminConnectGetLoggingOutputsArgs args) {
    begin(session, args.flags, "virAdmConnectGetLoggingOutputs");
    auto outputs = log::outputs();
    auto count = count_words(outputs);
    return {std::move(outputs), count};
}

protocol::AdminConnectGetLoggingFiltersRet
AdminCalls::log_filters(Session& session, protocol::AdminConnectGetLoggingFiltersArgs args) {
    begin(session, args.flags, "virAdmConnectGetLoggingFilters");
    auto filters = log::filters();
    if (filters.empty()) return {};
    auto count = count_words(filters);
    return {std::move(filters), count};
}

void AdminCalls::set_log_outputs(Session& session, protocol::AdminConnectSetLoggingOutputsArgs args) {
    begin(session, args.flags, "virAdmConnectSetLoggingOutputs");
    log::set_outputs(args.outputs.value_or(""));
}

void AdminCalls::set_log_filters(Session& session, protocol::AdminConnectSetLoggingFiltersArgs args) {
    begin(session, args.flags, "virAdmConnectSetLoggingFilters");
    log::set_filters(args.filters.value_or(""));
}

void AdminCalls::set_timeout(Session& session, protocol::AdminConnectSetDaemonTimeoutArgs args) {
    begin(session, args.flags, "virAdmConnectSetDaemonTimeout");
    if (args.timeout == 0) return administration_.set_timeout(std::nullopt);
    administration_.set_timeout(std::chrono::seconds{args.timeout});
}

void AdminCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = AdminCalls;
    dispatcher.on<&C::open>(protocol::admin_connect_open, *this);
    dispatcher.on<&C::close>(protocol::admin_connect_close, *this);
    dispatcher.on<&C::lib_version>(protocol::admin_connect_get_lib_version, *this);
    dispatcher.on<&C::list_servers>(protocol::admin_connect_list_servers, *this);
    dispatcher.on<&C::look_up_server>(protocol::admin_connect_lookup_server, *this);
    dispatcher.on<&C::workers>(protocol::admin_server_get_threadpool_parameters, *this);
    dispatcher.on<&C::set_workers>(protocol::admin_server_set_threadpool_parameters, *this);
    dispatcher.on<&C::list_clients>(protocol::admin_server_list_clients, *this);
    dispatcher.on<&C::look_up_client>(protocol::admin_server_lookup_client, *this);
    dispatcher.on<&C::client_info>(protocol::admin_client_get_info, *this);
    dispatcher.on<&C::close_client>(protocol::admin_client_close, *this);
    dispatcher.on<&C::client_limits>(protocol::admin_server_get_client_limits, *this);
    dispatcher.on<&C::set_client_limits>(protocol::admin_server_set_client_limits, *this);
    dispatcher.on<&C::log_outputs>(protocol::admin_connect_get_logging_outputs, *this);
    dispatcher.on<&C::log_filters>(protocol::admin_connect_get_logging_filters, *this);
    dispatcher.on<&C::set_log_outputs>(protocol::admin_connect_set_logging_outputs, *this);
    dispatcher.on<&C::set_log_filters>(protocol::admin_connect_set_logging_filters, *this);
    dispatcher.on<&C::update_tls>(protocol::admin_server_update_tls_files, *this);
    dispatcher.on<&C::set_timeout>(protocol::admin_connect_set_daemon_timeout, *this);
}

} // namespace vireo::daemon
