// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "base/uuid.hpp"
#include "hypervisor/domain_state.hpp"

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace vireo::hypervisor {

/// A disk by the name that users know it by, and the path of its file or block device, if it has one.
struct DiskSummary {
    std::string target, source;
    friend bool operator==(const DiskSummary&, const DiskSummary&) = default;
};

/// A definition as it is dumped. The one with passwords is kept only where it differs.
struct DefinitionText {
    std::string open;
    std::string with_secrets;
    std::vector<DiskSummary> disks;
    const std::string& text(bool secrets) const {
        return secrets && !with_secrets.empty() ? with_secrets : open;
    }
};

/// Everything that readers may know of a domain. Never changed, only replaced: who holds one sees a
/// consistent state without waiting for anybody.
struct DomainSnapshot {
    Uuid uuid;
    std::string name;
    std::int32_t id = -1; // of this run; -1 while it does not run
    StateAndReason state;
    bool persistent = false;
    bool autostart = false;
    bool managed_save = false; // its state was put away and waits for its next start
    MemorySize max_memory, memory;
    std::uint32_t max_vcpus = 0, vcpus = 0;
    std::string os_type = "hvm";
    std::string title;
    pid_t process = 0;                                           // of the running guest, for its CPU time
    std::shared_ptr<const DefinitionText> persistent_definition; // for the next start; none when transient
    std::shared_ptr<const DefinitionText> live_definition;       // what runs now; none while it does not

    bool active() const { return id >= 0; }
};
using DomainSnapshotPtr = std::shared_ptr<const DomainSnapshot>;

} // namespace vireo::hypervisor
