// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain_guest.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// What the system inside a guest tells of itself, and what it is asked to do: file systems, vcpus, users.
/// All of it goes to the guest's agent.
class GuestSystemCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<protocol::DomainGetGuestInfoRet> facts(Session& session, protocol::DomainGetGuestInfoArgs args);
    awaitable<protocol::DomainGetFsinfoRet> file_systems(Session& session,
                                                         protocol::DomainGetFsinfoArgs args);
    awaitable<protocol::DomainFsfreezeRet> freeze(Session& session, protocol::DomainFsfreezeArgs args);
    awaitable<protocol::DomainFsthawRet> thaw(Session& session, protocol::DomainFsthawArgs args);
    awaitable<void> trim(Session& session, protocol::DomainFstrimArgs args);
    awaitable<protocol::DomainGetGuestVcpusRet> vcpus(Session& session,
                                                      protocol::DomainGetGuestVcpusArgs args);
    awaitable<void> set_vcpus(Session& session, protocol::DomainSetGuestVcpusArgs args);
    awaitable<void> set_password(Session& session, protocol::DomainSetUserPasswordArgs args);
    awaitable<protocol::DomainAuthorizedSshKeysGetRet> keys(Session& session,
                                                            protocol::DomainAuthorizedSshKeysGetArgs args);
    awaitable<void> set_keys(Session& session, protocol::DomainAuthorizedSshKeysSetArgs args);
};

} // namespace vireo::daemon
