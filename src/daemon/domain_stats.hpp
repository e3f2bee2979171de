// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/domain_snapshot.hpp"
#include "protocol/domain.hpp"

namespace vireo::daemon {

/// Groups of statistics (virDomainStatsTypes) that a snapshot can tell. The others are left out, as clients
/// expect, unless they insist.
constexpr std::uint32_t known_stats = 1 | 2 | 4 | 8 | 32;

/// The statistics of these groups, under libvirt's names. Memory in KiB, times in nanoseconds.
protocol::DomainStatsRecord stats_of(const hypervisor::DomainSnapshot& domain, std::uint32_t groups);

} // namespace vireo::daemon
