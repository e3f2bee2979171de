// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connection.hpp"
#include "protocol/migration.hpp"
#include "rpc/dispatcher.hpp"

namespace vireo::daemon {

/// Guests' states that go into files and back, dumps of memory, and what is told of such long jobs.
class SaveCalls {
public:
    void bind(rpc::Dispatcher& dispatcher);

private:
    using Session = rpc::Session;
    awaitable<void> save(Session& session, protocol::DomainSaveArgs args);
    awaitable<void> save_flags(Session& session, protocol::DomainSaveFlagsArgs args);
    awaitable<void> save_params(Session& session, protocol::DomainSaveParamsArgs args);
    awaitable<void> restore(Session& session, protocol::DomainRestoreArgs args);
    awaitable<void> restore_flags(Session& session, protocol::DomainRestoreFlagsArgs args);
    awaitable<void> restore_params(Session& session, protocol::DomainRestoreParamsArgs args);
    awaitable<protocol::DomainSaveImageGetXmlDescRet> image_xml(Session& session,
                                                                protocol::DomainSaveImageGetXmlDescArgs args);
    awaitable<void> define_image(Session& session, protocol::DomainSaveImageDefineXmlArgs args);
    awaitable<void> managed_save(Session& session, protocol::DomainManagedSaveArgs args);
    protocol::DomainHasManagedSaveImageRet has_managed_save(Session& session,
                                                            protocol::DomainHasManagedSaveImageArgs args);
    awaitable<void> remove_managed_save(Session& session, protocol::DomainManagedSaveRemoveArgs args);
    awaitable<protocol::DomainManagedSaveGetXmlDescRet>
    managed_xml(Session& session, protocol::DomainManagedSaveGetXmlDescArgs args);
    awaitable<void> define_managed(Session& session, protocol::DomainManagedSaveDefineXmlArgs args);
    awaitable<void> dump(Session& session, protocol::DomainCoreDumpArgs args);
    awaitable<void> dump_format(Session& session, protocol::DomainCoreDumpWithFormatArgs args);
    protocol::DomainGetJobInfoRet job_info(Session& session, protocol::DomainGetJobInfoArgs args);
    protocol::DomainGetJobStatsRet job_stats(Session& session, protocol::DomainGetJobStatsArgs args);
    static protocol::DomainGetJobStatsRet queue(Session& session, const protocol::DomainHandle& domain);
    awaitable<void> abort(Session& session, protocol::DomainAbortJobArgs args);
    awaitable<void> abort_flags(Session& session, protocol::DomainAbortJobFlagsArgs args);
};

} // namespace vireo::daemon
