// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/job_queue.hpp"
#include "hypervisor/save_requests.hpp"
#include "qemu/agent/agent.hpp"
#include "qemu/disk_nodes.hpp"
#include "qemu/guest_process.hpp"
#include "qemu/monitor/monitor.hpp"
#include "qemu/monitor/monitor_event.hpp"
#include "qemu/notice.hpp"
#include "qemu/runtime_record.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace vireo::qemu {

/// How a run ended, or is made to end.
enum class Ending { Shutdown, Destroyed, Crashed, Failed, Saved };

/// What the definition says of the ends of a run.
struct LifecycleActions {
    model::domain::LifecycleAction on_poweroff = model::domain::LifecycleAction::Destroy;
    model::domain::LifecycleAction on_reboot = model::domain::LifecycleAction::Restart;
    model::domain::LifecycleAction on_crash = model::domain::LifecycleAction::Destroy;
};
LifecycleActions actions_of(const model::domain::Domain& domain);

/// A device that the guest was asked to let go of.
struct Unplug {
    Notice over;
    bool rejected = false; ///< the guest keeps it
};

/// One run of a guest, from its spawn until its process is gone and all that belonged to it is given back.
struct Run {
    explicit Run(const asio::any_io_executor& executor) : process{executor} {}

    RunRecord record;                ///< as it goes into the store
    std::filesystem::path directory; ///< its sockets and its identity
    GuestProcess process;
    LifecycleActions actions;
    std::shared_ptr<Monitor> monitor; ///< null while there is no connection
    Notice connected;                 ///< there is one
    Notice disconnected;              ///< QEMU closed it
    Notice over;                      ///< the run has ended, and the store knows
    std::optional<Ending> ending;     ///< decided, by us or by the guest
    /// Of the pause that QEMU tells of next.
    hypervisor::PausedReason pause_reason = hypervisor::PausedReason::Unknown;
    /// Of its going on that QEMU tells of next.
    hypervisor::RunningReason resume_reason = hypervisor::RunningReason::Unpaused;
    Notice transfer_changed; ///< the state that is written or read has come further, or to its end
    Notice settled;          ///< of a long job nothing is to be done or undone any more
    bool published = false;
    std::vector<MonitorEvent> early_events; ///< of the time before it was published
    bool early_events_lost = false;         ///< there were too many
    bool reconnecting = false;              ///< one task connects its monitor
    bool restarting = false;                ///< on its way from a power-off to the next boot

    std::shared_ptr<Agent> agent;              ///< null where the guest has no channel for one
    std::string agent_channel;                 ///< alias of that channel
    bool agent_present = false;                ///< the guest has opened it
    std::map<std::string, Notice> removals;    ///< of vcpus that the guest was asked to let go of, by alias
    std::set<std::string> block_jobs_given_up; ///< by their ids
    Notice block_job_ended;                    ///< one of them
    bool block_jobs_changed = false;           ///< QEMU told so, and nobody has looked since
    bool concluding_block_jobs = false;        ///< one task does
    /// Of devices whose end somebody waits for, by alias.
    std::map<std::string, std::shared_ptr<Unplug>> unplugs;
    DiskNodes disk_nodes;
    FaultGate fault_gate;
    bool commanded_by_hand = false; ///< somebody gave its monitor commands that we know nothing of
    /// Changes of the live definition that QEMU told of, and that are about to be written.
    /// By what they are about, so that the latest of a kind counts.
    std::map<std::string, std::function<void(model::domain::Domain&)>> news;
};
using RunPtr = std::shared_ptr<Run>;

/// What is told of a job that takes long, and since when it does.
struct LongJob {
    hypervisor::JobStatistics statistics;
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

/// One domain that the driver manages. At rest it is little more than its text. It lives as long as somebody
/// holds it; `gone` tells that the driver does not know it any more.
struct ManagedDomain {
    ManagedDomain(const asio::any_io_executor& executor, const Uuid& uuid)
        : uuid{uuid}, jobs{executor}, writes{executor} {}

    const Uuid uuid;
    Durable durable; ///< as the store has it
    RunPtr run;      ///< what runs; null while nothing does, and while it is being started
    hypervisor::StateAndReason state{hypervisor::ShutoffReason::Unknown};
    bool starting = false;
    bool gone = false;
    bool managed_save = false;                              ///< a state waits for its next start
    std::optional<LongJob> job;                             ///< under way
    std::optional<hypervisor::JobStatistics> completed_job; ///< until somebody has asked for it
    async::JobQueue jobs;                                   ///< who may change the guest or its definition
    async::JobQueue writes;                                 ///< who may write its record
};
using DomainPtr = std::shared_ptr<ManagedDomain>;

/// What readers see of it now.
hypervisor::DomainSnapshotPtr snapshot_of(const ManagedDomain& domain);

} // namespace vireo::qemu
