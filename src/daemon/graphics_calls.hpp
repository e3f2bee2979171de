// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain_guest.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Connections to a guest's display that need no network: one end of a socket goes over the wire.
class GraphicsCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    awaitable<void> open(rpc::Session& session, protocol::DomainOpenGraphicsArgs args,
                         std::vector<Fd> descriptors);
    awaitable<rpc::WithDescriptors<protocol::Nothing>>
    open_descriptor(rpc::Session& session, protocol::DomainOpenGraphicsFdArgs args);
};

} // namespace vireo::daemon
