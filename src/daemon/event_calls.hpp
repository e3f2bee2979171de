// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/connect.hpp"
#include "protocol/domain_events.hpp"
#include "protocol/network.hpp"
#include "protocol/node_device.hpp"
#include "protocol/secret.hpp"
#include "protocol/storage.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Registering for events, in each of the styles that the protocol grew, and for the end of a connection.
class EventCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    protocol::ConnectDomainEventRegisterRet register_lifecycle(Session& session);
    protocol::ConnectDomainEventDeregisterRet deregister_lifecycle(Session& session);
    void register_any(Session& session, protocol::ConnectDomainEventRegisterAnyArgs args);
    void deregister_any(Session& session, protocol::ConnectDomainEventDeregisterAnyArgs args);
    protocol::ConnectDomainEventCallbackRegisterAnyRet
    register_domain(Session& session, protocol::ConnectDomainEventCallbackRegisterAnyArgs args);
    void deregister_domain(Session& session, protocol::ConnectDomainEventCallbackDeregisterAnyArgs args);
    protocol::ConnectNetworkEventRegisterAnyRet
    register_network(Session& session, protocol::ConnectNetworkEventRegisterAnyArgs args);
    void deregister_network(Session& session, protocol::ConnectNetworkEventDeregisterAnyArgs args);
    protocol::ConnectStoragePoolEventRegisterAnyRet
    register_pool(Session& session, protocol::ConnectStoragePoolEventRegisterAnyArgs args);
    void deregister_pool(Session& session, protocol::ConnectStoragePoolEventDeregisterAnyArgs args);
    protocol::ConnectNodeDeviceEventRegisterAnyRet
    register_device(Session& session, protocol::ConnectNodeDeviceEventRegisterAnyArgs args);
    void deregister_device(Session& session, protocol::ConnectNodeDeviceEventDeregisterAnyArgs args);
    protocol::ConnectSecretEventRegisterAnyRet
    register_secret(Session& session, protocol::ConnectSecretEventRegisterAnyArgs args);
    void deregister_secret(Session& session, protocol::ConnectSecretEventDeregisterAnyArgs args);
    void register_close_callback(Session& session);
    void unregister_close_callback(Session& session);
};

} // namespace vireo::daemon
