// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/connect_calls.hpp"
#include "daemon/domain_calls.hpp"
#include "daemon/native_calls.hpp"

#include <string>

namespace vireo::daemon {

/// Who answers what: the handlers of all sockets, bound to the table of procedures.
class DispatchTable {
public:
    /// `drivers` must outlive the table; it may be filled later.
    explicit DispatchTable(const Drivers& drivers);
    DispatchTable(const DispatchTable&) = delete;
    DispatchTable& operator=(const DispatchTable&) = delete;

    /// For the sockets that manage guests.
    const rpc::Dispatcher& hypervisor() const { return hypervisor_; }
    /// For the administrator's socket.
    const rpc::Dispatcher& admin() const { return admin_; }
    /// Every procedure of every program as JSON, implemented or not (`vireod --list-procedures`).
    std::string list_procedures() const;

private:
    ConnectCalls connect_calls_;
    DomainQueries domain_queries_;
    DomainCommands domain_commands_;
    NativeCalls native_calls_;
    rpc::Dispatcher hypervisor_{{protocol::Program::Remote, protocol::Program::Qemu, protocol::Program::Lxc}};
    rpc::Dispatcher admin_{{protocol::Program::Admin}};
};

} // namespace vireo::daemon
