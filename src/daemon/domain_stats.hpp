// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/driver.hpp"
#include "protocol/domain.hpp"

namespace vireo::daemon {

/// Groups of statistics (virDomainStatsTypes) that a snapshot can tell. The others are left out, as clients
/// expect, unless they insist.
constexpr std::uint32_t known_stats = 1 | 2 | 4 | 8;

/// Adds to the records of running guests what the driver knows of these groups beyond their snapshots, of all
/// at once. One that does not answer in time keeps what it has; without `patient` that time is short.
awaitable<void> add_measured(hypervisor::Driver& driver, std::vector<protocol::DomainStatsRecord*> records,
                             std::uint32_t groups, bool patient);

/// The statistics of these groups, under libvirt's names. Memory in KiB, times in nanoseconds.
protocol::DomainStatsRecord stats_of(const hypervisor::DomainSnapshot& domain, std::uint32_t groups);

} // namespace vireo::daemon
