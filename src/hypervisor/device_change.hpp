// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/guest_requests.hpp"
#include "model/domain/device_change.hpp"

namespace vireo::hypervisor {

/// Makes the change in a definition. Throws Error as the functions of `model/domain/device_change.hpp` do,
/// and leaves the definition as it was.
void apply(const DeviceChange& change, model::domain::Domain& domain,
           const model::domain::ChangeContext& context);

} // namespace vireo::hypervisor
