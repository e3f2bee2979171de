// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/driver.hpp"
#include "protocol/domain.hpp"

#include <map>
#include <vector>

namespace vireo::daemon {

/// Groups of statistics (virDomainStatsTypes) that a snapshot can tell. The others are left out, as clients
/// expect, unless they insist.
constexpr std::uint32_t known_stats = 1 | 2 | 4 | 8 | 32;

/// The records of those that run, with what the driver knows of these groups beyond their snapshots: nothing
/// when it knows no more. All are asked at once; one that does not answer in time keeps what its snapshot
/// says. Without `patient` that time is short.
using MeasuredRecords = std::map<Uuid, protocol::DomainStatsRecord>;
awaitable<MeasuredRecords> measure_running(hypervisor::Driver& driver,
                                           const std::vector<hypervisor::DomainSnapshotPtr>& domains,
                                           std::uint32_t groups, bool patient);

/// The statistics of these groups, under libvirt's names. Memory in KiB, times in nanoseconds.
protocol::DomainStatsRecord stats_of(const hypervisor::DomainSnapshot& domain, std::uint32_t groups);

} // namespace vireo::daemon
