// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/connect.hpp"
#include "protocol/domain_events.hpp"
#include "protocol/node.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Connecting, what a connection tells of itself and of the host, and its events.
class ConnectCalls {
public:
    ConnectCalls(const Drivers& drivers, std::string host_name)
        : drivers_{drivers}, host_name_{std::move(host_name)} {}
    void bind(rpc::Dispatcher& dispatcher);

private:
    protocol::AuthListRet auth_list();
    void open(rpc::Session& session, protocol::ConnectOpenArgs args);
    void close(rpc::Session& session);
    protocol::ConnectSupportsFeatureRet supports_feature(rpc::Session& session,
                                                         protocol::ConnectSupportsFeatureArgs args);
    protocol::ConnectGetTypeRet type(rpc::Session& session);
    protocol::ConnectGetUriRet uri(rpc::Session& session);
    protocol::ConnectGetLibVersionRet lib_version(rpc::Session& session);
    protocol::ConnectGetHostnameRet hostname(rpc::Session& session);
    protocol::ConnectIsSecureRet is_secure(rpc::Session& session);
    awaitable<protocol::ConnectGetVersionRet> version(rpc::Session& session);
    awaitable<protocol::ConnectGetCapabilitiesRet> capabilities(rpc::Session& session);
    awaitable<protocol::ConnectGetMaxVcpusRet> max_vcpus(rpc::Session& session,
                                                         protocol::ConnectGetMaxVcpusArgs args);
    protocol::NodeGetInfoRet node_info(rpc::Session& session);

    protocol::ConnectDomainEventRegisterRet register_lifecycle(rpc::Session& session);
    protocol::ConnectDomainEventDeregisterRet deregister_lifecycle(rpc::Session& session);
    void register_any(rpc::Session& session, protocol::ConnectDomainEventRegisterAnyArgs args);
    void deregister_any(rpc::Session& session, protocol::ConnectDomainEventDeregisterAnyArgs args);
    protocol::ConnectDomainEventCallbackRegisterAnyRet
    register_callback(rpc::Session& session, protocol::ConnectDomainEventCallbackRegisterAnyArgs args);
    void deregister_callback(rpc::Session& session,
                             protocol::ConnectDomainEventCallbackDeregisterAnyArgs args);
    void register_close_callback(rpc::Session& session);
    void unregister_close_callback(rpc::Session& session);

    const Drivers& drivers_;
    std::string host_name_; // as configured; empty: the kernel's
};

} // namespace vireo::daemon
