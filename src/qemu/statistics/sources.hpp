// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"
#include "protocol/procedure.hpp"
#include "qemu/monitor/monitor.hpp"
#include "qemu/statistics/blocks.hpp"

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace vireo::qemu {

/// What is asked, and of whom: one guest at one time.
struct Subject {
    std::shared_ptr<Monitor> monitor;
    Monitor::Milliseconds deadline; ///< for one answer
    model::domain::Domain live;
    pid_t process;
};

/// Collects values under libvirt's names.
class Statistics {
public:
    void add(std::string name, protocol::TypedValue value) {
        all_.push_back({std::move(name), std::move(value)});
    }
    std::vector<protocol::TypedParameter> take() { return std::move(all_); }

private:
    std::vector<protocol::TypedParameter> all_;
};

/// A vcpu's thread of QEMU.
struct VcpuThread {
    std::uint32_t number;
    pid_t thread;
};
awaitable<std::vector<VcpuThread>> vcpu_threads(const Subject& subject);

/// The threads of QEMU that disks have for themselves, by the number of the definition.
struct IoThread {
    std::uint32_t id;
    pid_t thread;
};
awaitable<std::vector<IoThread>> io_threads(const Subject& subject);

/// The disks that QEMU has.
awaitable<BlockDevices> ask_blocks(const Subject& subject);

// One function for each group (virDomainStatsTypes). What QEMU does not tell is left out.
awaitable<void> add_processor(const Subject& subject, Statistics& statistics);
awaitable<void> add_balloon(const Subject& subject, Statistics& statistics);
awaitable<void> add_vcpus(const Subject& subject, Statistics& statistics);
awaitable<void> add_interfaces(const Subject& subject, Statistics& statistics);
awaitable<void> add_blocks(const Subject& subject, Statistics& statistics);
awaitable<void> add_iothreads(const Subject& subject, Statistics& statistics);
awaitable<void> add_dirty_rate(const Subject& subject, Statistics& statistics);

} // namespace vireo::qemu
