// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_calls.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
constexpr std::int32_t lifecycle = 0; // virDomainEventID

EventRelay& events_of(rpc::Session& session) { return connection_of(session).events(); }

/// Throws what a look-up would when a client means one object: this daemon has none of that kind yet.
void refuse_object(bool given, ErrorCode code, std::string_view what) {
    if (given) throw Error(code, ErrorDomain::Remote, fmt::format("there is no such {}", what));
}
} // namespace

protocol::ConnectDomainEventRegisterRet EventCalls::register_lifecycle(Session& session) {
    events_of(session).register_unnumbered(lifecycle);
    return {events_of(session).count_unnumbered(lifecycle)};
}

protocol::ConnectDomainEventDeregisterRet EventCalls::deregister_lifecycle(Session& session) {
    events_of(session).deregister_unnumbered(lifecycle);
    return {events_of(session).count_unnumbered(lifecycle)};
}

void EventCalls::register_any(Session& session, protocol::ConnectDomainEventRegisterAnyArgs args) {
    events_of(session).register_unnumbered(args.event_id);
}

void EventCalls::deregister_any(Session& session, protocol::ConnectDomainEventDeregisterAnyArgs args) {
    events_of(session).deregister_unnumbered(args.event_id);
}

protocol::ConnectDomainEventCallbackRegisterAnyRet
EventCalls::register_domain(Session& session, protocol::ConnectDomainEventCallbackRegisterAnyArgs args) {
    std::optional<Uuid> domain;
    if (args.dom) domain = require_domain(session, *args.dom)->uuid;
    return {events_of(session).register_domain(args.event_id, domain)};
}

void EventCalls::deregister_domain(Session& session,
                                   protocol::ConnectDomainEventCallbackDeregisterAnyArgs args) {
    events_of(session).deregister_domain(args.callback_id);
}

protocol::ConnectNetworkEventRegisterAnyRet
EventCalls::register_network(Session& session, protocol::ConnectNetworkEventRegisterAnyArgs args) {
    refuse_object(args.net.has_value(), ErrorCode::NoNetwork, "network");
    return {events_of(session).register_other(EventSource::Network, args.event_id)};
}

void EventCalls::deregister_network(Session& session, protocol::ConnectNetworkEventDeregisterAnyArgs args) {
    events_of(session).deregister_other(EventSource::Network, args.callback_id);
}

protocol::ConnectStoragePoolEventRegisterAnyRet
EventCalls::register_pool(Session& session, protocol::ConnectStoragePoolEventRegisterAnyArgs args) {
    refuse_object(args.pool.has_value(), ErrorCode::NoStoragePool, "storage pool");
    return {events_of(session).register_other(EventSource::StoragePool, args.event_id)};
}

void EventCalls::deregister_pool(Session& session, protocol::ConnectStoragePoolEventDeregisterAnyArgs args) {
    events_of(session).deregister_other(EventSource::StoragePool, args.callback_id);
}

protocol::ConnectNodeDeviceEventRegisterAnyRet
EventCalls::register_device(Session& session, protocol::ConnectNodeDeviceEventRegisterAnyArgs args) {
    refuse_object(args.dev.has_value(), ErrorCode::NoNodeDevice, "node device");
    return {events_of(session).register_other(EventSource::NodeDevice, args.event_id)};
}

void EventCalls::deregister_device(Session& session, protocol::ConnectNodeDeviceEventDeregisterAnyArgs args) {
    events_of(session).deregister_other(EventSource::NodeDevice, args.callback_id);
}

protocol::ConnectSecretEventRegisterAnyRet
EventCalls::register_secret(Session& session, protocol::ConnectSecretEventRegisterAnyArgs args) {
    refuse_object(args.secret.has_value(), ErrorCode::NoSecret, "secret");
    return {events_of(session).register_other(EventSource::Secret, args.event_id)};
}

void EventCalls::deregister_secret(Session& session, protocol::ConnectSecretEventDeregisterAnyArgs args) {
    events_of(session).deregister_other(EventSource::Secret, args.callback_id);
}

/// The callback tells that a driver has lost its hypervisor. The drivers of this daemon are their
/// hypervisor's own, so it never has to be called; the calls are counted as libvirt does.
void EventCalls::register_close_callback(Session& session) { connection_of(session).hear_of_close(true); }
void EventCalls::unregister_close_callback(Session& session) { connection_of(session).hear_of_close(false); }

void EventCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = EventCalls;
    using namespace protocol; // NOLINT(google-build-using-namespace): a table of its names
    dispatcher.on<&C::register_lifecycle>(connect_domain_event_register, *this);
    dispatcher.on<&C::deregister_lifecycle>(connect_domain_event_deregister, *this);
    dispatcher.on<&C::register_any>(connect_domain_event_register_any, *this);
    dispatcher.on<&C::deregister_any>(connect_domain_event_deregister_any, *this);
    dispatcher.on<&C::register_domain>(connect_domain_event_callback_register_any, *this);
    dispatcher.on<&C::deregister_domain>(connect_domain_event_callback_deregister_any, *this);
    dispatcher.on<&C::register_network>(connect_network_event_register_any, *this);
    dispatcher.on<&C::deregister_network>(connect_network_event_deregister_any, *this);
    dispatcher.on<&C::register_pool>(connect_storage_pool_event_register_any, *this);
    dispatcher.on<&C::deregister_pool>(connect_storage_pool_event_deregister_any, *this);
    dispatcher.on<&C::register_device>(connect_node_device_event_register_any, *this);
    dispatcher.on<&C::deregister_device>(connect_node_device_event_deregister_any, *this);
    dispatcher.on<&C::register_secret>(connect_secret_event_register_any, *this);
    dispatcher.on<&C::deregister_secret>(connect_secret_event_deregister_any, *this);
    dispatcher.on<&C::register_close_callback>(connect_register_close_callback, *this);
    dispatcher.on<&C::unregister_close_callback>(connect_unregister_close_callback, *this);
}

} // namespace vireo::daemon
