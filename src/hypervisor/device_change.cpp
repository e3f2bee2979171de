// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/device_change.hpp"

namespace vireo::hypervisor {

void apply(const DeviceChange& change, model::domain::Domain& domain,
           const model::domain::ChangeContext& context) {
    switch (change.action) {
    case DeviceAction::Attach: return attach_device(domain, change.device, context);
    case DeviceAction::Detach: return detach_device(domain, change.device, context);
    case DeviceAction::DetachAlias: return detach_device_by_alias(domain, change.device, context);
    case DeviceAction::Update: return update_device(domain, change.device, context);
    }
}

} // namespace vireo::hypervisor
