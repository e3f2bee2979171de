// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Definitions to and from what hypervisors themselves understand.
class NativeCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    awaitable<protocol::ConnectDomainXmlToNativeRet> to_native(rpc::Session& session,
                                                               protocol::ConnectDomainXmlToNativeArgs args);
    protocol::ConnectDomainXmlFromNativeRet from_native(rpc::Session& session,
                                                        protocol::ConnectDomainXmlFromNativeArgs args);
};

} // namespace vireo::daemon
