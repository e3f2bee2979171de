// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/connect.hpp"
#include "protocol/node.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Connecting, and what a connection tells of itself and of the host.
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

    const Drivers& drivers_;
    std::string host_name_; // as configured; empty: the kernel's
};

} // namespace vireo::daemon
