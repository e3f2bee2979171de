// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/domain_registry.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cassert>

namespace vireo::hypervisor {

void DomainRegistry::publish(DomainSnapshotPtr snapshot) {
    withdraw(snapshot->uuid);
    assert(!by_name_.contains(snapshot->name));
    by_name_.emplace(snapshot->name, snapshot);
    if (snapshot->active()) by_id_[snapshot->id] = snapshot;
    by_uuid_[snapshot->uuid] = std::move(snapshot);
}

void DomainRegistry::withdraw(const Uuid& uuid) {
    auto found = by_uuid_.find(uuid);
    if (found == by_uuid_.end()) return;
    auto old = found->second; // the name index refers to its text
    by_name_.erase(old->name);
    if (old->active()) by_id_.erase(old->id);
    by_uuid_.erase(found);
}

DomainSnapshotPtr DomainRegistry::find(const Uuid& uuid) const {
    auto found = by_uuid_.find(uuid);
    return found == by_uuid_.end() ? nullptr : found->second;
}

DomainSnapshotPtr DomainRegistry::find_by_name(std::string_view name) const {
    auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
}

DomainSnapshotPtr DomainRegistry::find_by_id(std::int32_t id) const {
    auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
}

DomainSnapshotPtr DomainRegistry::require(const Uuid& uuid, std::string_view name) const {
    if (auto snapshot = find(uuid)) return snapshot;
    throw Error(ErrorCode::NoDomain, ErrorDomain::Domain,
                fmt::format("Domain not found: '{}' ({}) does not exist, or no longer", name, uuid.text()));
}

} // namespace vireo::hypervisor
