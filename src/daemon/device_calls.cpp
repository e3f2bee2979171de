// SPDX-License-Identifier: Apache-2.0
#include "daemon/device_calls.hpp"

namespace vireo::daemon {

namespace {
using hypervisor::DeviceAction;
constexpr std::uint32_t live = 1, persistent = 2, force = 4; // virDomainDeviceModifyFlags

awaitable<void> change(rpc::Session& session, const protocol::DomainHandle& domain, DeviceAction action,
                       std::string device, std::uint32_t flags) {
    hypervisor::DeviceChange wanted{action, std::move(device), (flags & force) != 0};
    hypervisor::Impact impact{.live = (flags & live) != 0, .persistent = (flags & persistent) != 0};
    return driver_of(session).change_device(domain.uuid, domain.name, std::move(wanted), impact);
}
} // namespace

awaitable<void> DeviceCalls::attach(Session& session, protocol::DomainAttachDeviceArgs args) {
    return change(session, args.dom, DeviceAction::Attach, std::move(args.xml), live);
}

awaitable<void> DeviceCalls::attach_flags(Session& session, protocol::DomainAttachDeviceFlagsArgs args) {
    check_flags(args.flags, live | persistent, "virDomainAttachDeviceFlags");
    return change(session, args.dom, DeviceAction::Attach, std::move(args.xml), args.flags);
}

awaitable<void> DeviceCalls::detach(Session& session, protocol::DomainDetachDeviceArgs args) {
    return change(session, args.dom, DeviceAction::Detach, std::move(args.xml), live);
}

awaitable<void> DeviceCalls::detach_flags(Session& session, protocol::DomainDetachDeviceFlagsArgs args) {
    check_flags(args.flags, live | persistent, "virDomainDetachDeviceFlags");
    return change(session, args.dom, DeviceAction::Detach, std::move(args.xml), args.flags);
}

awaitable<void> DeviceCalls::detach_alias(Session& session, protocol::DomainDetachDeviceAliasArgs args) {
    check_flags(args.flags, live | persistent, "virDomainDetachDeviceAlias");
    return change(session, args.dom, DeviceAction::DetachAlias, std::move(args.alias), args.flags);
}

awaitable<void> DeviceCalls::update(Session& session, protocol::DomainUpdateDeviceFlagsArgs args) {
    check_flags(args.flags, live | persistent | force, "virDomainUpdateDeviceFlags");
    return change(session, args.dom, DeviceAction::Update, std::move(args.xml), args.flags);
}

void DeviceCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = DeviceCalls;
    dispatcher.on<&C::attach>(protocol::domain_attach_device, *this);
    dispatcher.on<&C::attach_flags>(protocol::domain_attach_device_flags, *this);
    dispatcher.on<&C::detach>(protocol::domain_detach_device, *this);
    dispatcher.on<&C::detach_flags>(protocol::domain_detach_device_flags, *this);
    dispatcher.on<&C::detach_alias>(protocol::domain_detach_device_alias, *this);
    dispatcher.on<&C::update>(protocol::domain_update_device_flags, *this);
}

} // namespace vireo::daemon
