// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/events.hpp"
#include "rpc/session.hpp"

#include <cstdint>
#include <span>

namespace vireo::daemon {

/// How one kind of domain event (virDomainEventID) is told. The older style has one registration of a kind
/// and no number in its messages; kinds that came later exist only with the number of a callback.
struct DomainEventKind {
    std::size_t what; // which alternative of hypervisor::DomainEvent::What it tells of
    void (*tell)(rpc::Session&, const hypervisor::DomainEvent&); // null: not in the older style
    void (*tell_numbered)(rpc::Session&, std::int32_t callback, const hypervisor::DomainEvent&);
};

/// All kinds, by their public number. An event may be of two kinds: the older says less.
std::span<const DomainEventKind> domain_event_kinds();

} // namespace vireo::daemon
