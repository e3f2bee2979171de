// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/administration.hpp"
#include "protocol/procedure.hpp"
#include "rpc/session.hpp"

#include <string>
#include <vector>

namespace vireo::daemon {

using TypedParameters = std::vector<protocol::TypedParameter>;

/// The admin program's named values (libvirt-admin.h, VIR_THREADPOOL_…, VIR_SERVER_CLIENTS_…,
/// VIR_CLIENT_INFO_…). What takes them throws InvalidArgument for one that it does not know or cannot be, and
/// changes nothing then.
void put_workers(TypedParameters& to, const AdministeredServer& server);
void take_workers(const TypedParameters& from, AdministeredServer& server);
void put_client_limits(TypedParameters& to, const AdministeredServer& server);
void take_client_limits(const TypedParameters& from, AdministeredServer& server);

/// How the host calls a user and a group; empty where it does not.
struct IdentityNames {
    std::string user, group;
};
/// Asks the host, which may ask others: not on the main thread.
IdentityNames names_of(const rpc::Identity& identity);
void put_identity(TypedParameters& to, const rpc::Identity& identity, const IdentityNames& names,
                  bool read_only);

} // namespace vireo::daemon
