// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/monitor_event_filter.hpp"
#include "hypervisor/driver.hpp"
#include "rpc/session.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace vireo::daemon {

/// What tells events besides domains, each with kinds of its own.
enum class EventSource { Network, StoragePool, NodeDevice, Secret };

/// What a connection wants to hear of its driver, and the way there. Callbacks are numbered without regard to
/// what they are for.
class EventRelay {
public:
    EventRelay(rpc::Session& session, hypervisor::Driver& driver) : session_{session}, driver_{driver} {}

    /// Registers for a kind of domain event (virDomainEventID), of all domains or one, and returns the
    /// callback's number, which its messages carry. Throws InvalidArgument for a kind that there is not.
    std::int32_t register_domain(std::int32_t kind, std::optional<Uuid> domain);
    /// The older style: one registration of a kind, and messages without a number. Throws InvalidArgument
    /// also for a kind that was never told so, InternalError when there is one already.
    void register_unnumbered(std::int32_t kind);
    /// Registers for what the monitors of all domains or one tell.
    std::int32_t register_monitor(MonitorEventFilter filter, std::optional<Uuid> domain);
    /// Registers for a kind of event of networks and the like. No driver of this daemon tells any yet.
    std::int32_t register_other(EventSource source, std::int32_t kind);

    /// Each throws InvalidArgument when there is no such registration.
    void deregister_domain(std::int32_t callback);
    void deregister_monitor(std::int32_t callback);
    void deregister_other(EventSource source, std::int32_t callback);
    void deregister_unnumbered(std::int32_t kind);
    /// How many hear this kind in the older style.
    std::int32_t count_unnumbered(std::int32_t kind) const;

    /// Ends all registrations.
    void stop();

private:
    struct Domain {
        std::int32_t kind;
        std::optional<Uuid> domain;
    };
    struct Unnumbered {
        std::int32_t kind;
    };
    struct Monitor {
        MonitorEventFilter filter;
        std::optional<Uuid> domain;
    };
    struct Other {
        EventSource source;
        std::int32_t kind;
    };
    struct Registration {
        std::int32_t callback;
        std::variant<Domain, Unnumbered, Monitor, Other> what;
    };
    template <class What> bool has() const;
    std::int32_t add(std::variant<Domain, Unnumbered, Monitor, Other> what);
    void remove(auto matches, std::int32_t number);
    void subscribe_or_not();
    void relay(const hypervisor::DomainEvent& event);
    void relay(const hypervisor::MonitorEvent& event);
    void tell(const Registration& registration, const hypervisor::DomainEvent& event);

    rpc::Session& session_;
    hypervisor::Driver& driver_;
    std::vector<Registration> registrations_;
    std::int32_t next_callback_ = 1;
    hypervisor::EventHub::Subscription domain_events_;
    hypervisor::MonitorEventHub::Subscription monitor_events_;
};

} // namespace vireo::daemon
