// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/domain_snapshot.hpp"

#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vireo::hypervisor {

/// The domains of one driver as readers see them: the latest snapshot of each, found by uuid, name or id. The
/// driver publishes; everybody looks. Main thread only.
class DomainRegistry {
public:
    /// Makes this the domain's latest snapshot. The name may be new, but no other domain may have it.
    void publish(DomainSnapshotPtr snapshot);
    void withdraw(const Uuid& uuid);

    DomainSnapshotPtr find(const Uuid& uuid) const;
    DomainSnapshotPtr find_by_name(std::string_view name) const;
    DomainSnapshotPtr find_by_id(std::int32_t id) const;
    /// Throws Error (NoDomain) when there is none.
    DomainSnapshotPtr require(const Uuid& uuid, std::string_view name) const;

    /// In the order of their names.
    template <class Visit> void for_each(Visit visit) const {
        for (const auto& [name, snapshot] : by_name_) visit(snapshot);
    }
    std::size_t size() const { return by_uuid_.size(); }

private:
    std::unordered_map<Uuid, DomainSnapshotPtr> by_uuid_;
    std::map<std::string_view, DomainSnapshotPtr> by_name_; // the keys are the snapshots' own names
    std::map<std::int32_t, DomainSnapshotPtr> by_id_;
};

} // namespace vireo::hypervisor
