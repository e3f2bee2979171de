// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/domain.hpp"
#include "protocol/domain_guest.hpp"
#include "protocol/domain_tuning.hpp"
#include "protocol/migration.hpp"
#include "protocol/node.hpp"
#include "protocol/snapshot.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// What is answered from a domain's snapshot, in place (long lists in slices): look-ups, lists, states,
/// definitions.
class DomainQueries {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    protocol::DomainLookupByIdRet lookup_by_id(Session& session, protocol::DomainLookupByIdArgs args);
    protocol::DomainLookupByNameRet lookup_by_name(Session& session, protocol::DomainLookupByNameArgs args);
    protocol::DomainLookupByUuidRet lookup_by_uuid(Session& session, protocol::DomainLookupByUuidArgs args);
    awaitable<xdr::Encoded<protocol::ConnectListAllDomainsRet>>
    list_all(Session& session, protocol::ConnectListAllDomainsArgs args);
    awaitable<xdr::Encoded<protocol::ConnectGetAllDomainStatsRet>>
    all_stats(Session& session, protocol::ConnectGetAllDomainStatsArgs args);
    protocol::ConnectListDomainsRet list_ids(Session& session, protocol::ConnectListDomainsArgs args);
    protocol::ConnectNumOfDomainsRet count_active(Session& session);
    protocol::ConnectListDefinedDomainsRet list_defined(Session& session,
                                                        protocol::ConnectListDefinedDomainsArgs args);
    protocol::ConnectNumOfDefinedDomainsRet count_defined(Session& session);
    protocol::DomainGetInfoRet info(Session& session, protocol::DomainGetInfoArgs args);
    protocol::DomainGetStateRet state(Session& session, protocol::DomainGetStateArgs args);
    rpc::NowOrLater<protocol::DomainGetXmlDescRet> xml(Session& session, protocol::DomainGetXmlDescArgs args);
    protocol::DomainGetAutostartRet autostart(Session& session, protocol::DomainGetAutostartArgs args);
    protocol::DomainGetOsTypeRet os_type(Session& session, protocol::DomainGetOsTypeArgs args);
    protocol::DomainGetMaxMemoryRet max_memory(Session& session, protocol::DomainGetMaxMemoryArgs args);
    protocol::DomainGetMaxVcpusRet max_vcpus(Session& session, protocol::DomainGetMaxVcpusArgs args);
    protocol::DomainIsActiveRet is_active(Session& session, protocol::DomainIsActiveArgs args);
    protocol::DomainIsPersistentRet is_persistent(Session& session, protocol::DomainIsPersistentArgs args);
    protocol::DomainIsUpdatedRet is_updated(Session& session, protocol::DomainIsUpdatedArgs args);
    protocol::DomainSnapshotNumRet snapshot_count(Session& session, protocol::DomainSnapshotNumArgs args);
    protocol::NodeGetSecurityModelRet security_model(Session& session);
    protocol::DomainGetSecurityLabelRet security_label(Session& session,
                                                       protocol::DomainGetSecurityLabelArgs args);
    protocol::DomainGetMessagesRet messages(Session& session, protocol::DomainGetMessagesArgs args);
};

/// What changes a domain: handed to the driver, answered when it is done.
class DomainCommands {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<protocol::DomainDefineXmlRet> define(Session& session, protocol::DomainDefineXmlArgs args);
    awaitable<protocol::DomainDefineXmlFlagsRet> define_flags(Session& session,
                                                              protocol::DomainDefineXmlFlagsArgs args);
    awaitable<void> undefine(Session& session, protocol::DomainUndefineArgs args);
    awaitable<void> undefine_flags(Session& session, protocol::DomainUndefineFlagsArgs args);
    awaitable<protocol::DomainCreateXmlRet> create_xml(Session& session, protocol::DomainCreateXmlArgs args);
    awaitable<void> create(Session& session, protocol::DomainCreateArgs args);
    awaitable<protocol::DomainCreateWithFlagsRet> create_flags(Session& session,
                                                               protocol::DomainCreateWithFlagsArgs args);
    awaitable<void> shutdown(Session& session, protocol::DomainShutdownArgs args);
    awaitable<void> shutdown_flags(Session& session, protocol::DomainShutdownFlagsArgs args);
    awaitable<void> reboot(Session& session, protocol::DomainRebootArgs args);
    awaitable<void> reset(Session& session, protocol::DomainResetArgs args);
    awaitable<void> destroy(Session& session, protocol::DomainDestroyArgs args);
    awaitable<void> destroy_flags(Session& session, protocol::DomainDestroyFlagsArgs args);
    awaitable<void> suspend(Session& session, protocol::DomainSuspendArgs args);
    awaitable<void> resume(Session& session, protocol::DomainResumeArgs args);
    awaitable<void> set_autostart(Session& session, protocol::DomainSetAutostartArgs args);
    awaitable<protocol::DomainRenameRet> rename(Session& session, protocol::DomainRenameArgs args);
    awaitable<void> open_console(Session& session, protocol::Header call,
                                 protocol::DomainOpenConsoleArgs args);
};

} // namespace vireo::daemon
