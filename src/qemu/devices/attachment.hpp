// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/device_change.hpp"
#include "qemu/capabilities/capabilities_cache.hpp"
#include "qemu/devices/pieces.hpp"

#include <map>
#include <string>
#include <vector>

namespace vireo::qemu {

/// What has been decided about a device that comes to a running guest.
struct Attachment {
    CapabilitiesCache::Shared capabilities;
    LaunchContext context;
    std::size_t node = 1; ///< number of its first block node

    model::domain::Domain live;              ///< with the device
    std::vector<std::string> aliases;        ///< of it, and of the controllers that it brings along
    std::vector<Piece> pieces;               ///< in the order in which they are made
    std::map<std::string, std::string> taps; ///< names on the host that were made, by alias of the interface

    /// Decides all, from the live definition as it is. Throws what attaching to a definition throws, and
    /// OperationUnsupported for what cannot come while a guest runs, InternalError where there is no place.
    void decide(model::domain::Domain now, std::string_view xml);
};

} // namespace vireo::qemu
