// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

namespace vireo::qemu {

/// Names each device of a completed domain ("virtio-disk0", "net0", "pci.1", …) by libvirt's rules. These
/// names are QEMU's device ids, and what clients see in events and live XML. A user's own aliases ("ua-…")
/// stay.
void assign_aliases(model::domain::Domain& domain);
/// Names those that have no name yet: what comes to a running guest. Numbers go on from the highest.
void name_new_devices(model::domain::Domain& domain);

} // namespace vireo::qemu
