// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

namespace vireo::model::domain {

/// Steps of `normalise` for parts that refer to one another: each brings its part into libvirt's form, and
/// throws libvirt's error for what does not fit together.

/// The guest's NUMA nodes with what lies between them, and where their memory comes from.
void settle_numa(Domain& domain);
/// Tuning by thread: one entry for each vcpu and iothread, without those that there are not.
void settle_threads(Domain& domain);
/// What else is asked of the host: counters, keys, memory, groups.
void settle_host(Domain& domain);
/// Models of security labels.
void settle_labels(Domain& domain);

} // namespace vireo::model::domain
