// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

#include <boost/json/object.hpp>

namespace vireo::qemu {

/// The disk that is where a guest's agent has seen one (GuestDiskAddress of its protocol); null when there is
/// none. A virtio disk is its PCI device; others are below one, their controller.
const model::domain::Disk* find_disk_at(const model::domain::Domain& live,
                                        const boost::json::object& address);

} // namespace vireo::qemu
