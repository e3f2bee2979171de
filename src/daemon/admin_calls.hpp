// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "daemon/administration.hpp"
#include "protocol/admin.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// The admin program: the daemon's servers, their clients and limits, its log. Every call but the opening one
/// throws InternalError before the connection is open.
class AdminCalls {
public:
    explicit AdminCalls(Administration& administration) : administration_{administration} {}
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    void open(Session& session, protocol::AdminConnectOpenArgs args);
    void close(Session& session);
    protocol::AdminConnectGetLibVersionRet lib_version(Session& session);
    protocol::AdminConnectListServersRet list_servers(Session& session,
                                                      protocol::AdminConnectListServersArgs args);
    protocol::AdminConnectLookupServerRet look_up_server(Session& session,
                                                         protocol::AdminConnectLookupServerArgs args);
    protocol::AdminServerGetThreadpoolParametersRet
    workers(Session& session, protocol::AdminServerGetThreadpoolParametersArgs args);
    void set_workers(Session& session, protocol::AdminServerSetThreadpoolParametersArgs args);
    protocol::AdminServerListClientsRet list_clients(Session& session,
                                                     protocol::AdminServerListClientsArgs args);
    protocol::AdminServerLookupClientRet look_up_client(Session& session,
                                                        protocol::AdminServerLookupClientArgs args);
    awaitable<protocol::AdminClientGetInfoRet> client_info(Session& session,
                                                           protocol::AdminClientGetInfoArgs args);
    void close_client(Session& session, protocol::AdminClientCloseArgs args);
    protocol::AdminServerGetClientLimitsRet client_limits(Session& session,
                                                          protocol::AdminServerGetClientLimitsArgs args);
    void set_client_limits(Session& session, protocol::AdminServerSetClientLimitsArgs args);
    protocol::AdminConnectGetLoggingOutputsRet log_outputs(Session& session,
                                                           protocol::AdminConnectGetLoggingOutputsArgs args);
    protocol::AdminConnectGetLoggingFiltersRet log_filters(Session& session,
                                                           protocol::AdminConnectGetLoggingFiltersArgs args);
    void set_log_outputs(Session& session, protocol::AdminConnectSetLoggingOutputsArgs args);
    void set_log_filters(Session& session, protocol::AdminConnectSetLoggingFiltersArgs args);
    void update_tls(Session& session, protocol::AdminServerUpdateTlsFilesArgs args);
    void set_timeout(Session& session, protocol::AdminConnectSetDaemonTimeoutArgs args);

    AdministeredServer& require_server(const protocol::AdminServerHandle& handle);

    Administration& administration_;
};

} // namespace vireo::daemon
