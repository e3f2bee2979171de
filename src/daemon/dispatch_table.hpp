// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/admin_calls.hpp"
#include "daemon/block_job_calls.hpp"
#include "daemon/connect_calls.hpp"
#include "daemon/device_calls.hpp"
#include "daemon/domain_calls.hpp"
#include "daemon/event_calls.hpp"
#include "daemon/graphics_calls.hpp"
#include "daemon/guest_calls.hpp"
#include "daemon/guest_system_calls.hpp"
#include "daemon/inspection_calls.hpp"
#include "daemon/iothread_calls.hpp"
#include "daemon/native_calls.hpp"
#include "daemon/node_calls.hpp"
#include "daemon/qemu_calls.hpp"
#include "daemon/save_calls.hpp"
#include "daemon/setting_calls.hpp"
#include "daemon/statistics_calls.hpp"

#include <string>

namespace vireo::daemon {

/// Who answers what: the handlers of all sockets, bound to the table of procedures.
class DispatchTable {
public:
    /// `drivers` must outlive the table; it may be filled later. `host_name` is what clients are told; empty:
    /// the kernel's.
    explicit DispatchTable(const Drivers& drivers, std::string host_name = {});
    DispatchTable(const DispatchTable&) = delete;
    DispatchTable& operator=(const DispatchTable&) = delete;

    /// For the sockets that manage guests.
    const rpc::Dispatcher& hypervisor() const { return hypervisor_; }
    /// For the administrator's socket.
    const rpc::Dispatcher& admin() const { return admin_; }
    /// What the admin program works on: to be filled before clients are answered.
    Administration& administration() { return administration_; }
    /// Every procedure of every program as JSON, implemented or not (`vireod --list-procedures`).
    std::string list_procedures() const;

private:
    ConnectCalls connect_calls_;
    EventCalls event_calls_;
    NodeCalls node_calls_;
    DomainQueries domain_queries_;
    DomainCommands domain_commands_;
    GraphicsCalls graphics_calls_;
    QemuCalls qemu_calls_;
    Administration administration_;
    AdminCalls admin_calls_{administration_};
    GuestCalls guest_calls_;
    GuestSystemCalls guest_system_calls_;
    SettingCalls setting_calls_;
    DeviceCalls device_calls_;
    IoThreadCalls iothread_calls_;
    StatisticsCalls statistics_calls_;
    NativeCalls native_calls_;
    InspectionCalls inspection_calls_;
    SaveCalls save_calls_;
    BlockJobCalls block_job_calls_;
    rpc::Dispatcher hypervisor_{{protocol::Program::Remote, protocol::Program::Qemu, protocol::Program::Lxc}};
    rpc::Dispatcher admin_{{protocol::Program::Admin}};
};

} // namespace vireo::daemon
