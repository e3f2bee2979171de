// SPDX-License-Identifier: Apache-2.0
// What the guest's system would answer.
#include "model/domain/xml.hpp"
#include "testdriver/driver.hpp"
#include "testdriver/error.hpp"
#include "testdriver/picture.hpp"

#include <fmt/format.h>

#include <chrono>

namespace vireo::testdriver {

namespace {
hypervisor::GuestTime host_time() { return std::chrono::system_clock::now().time_since_epoch(); }
} // namespace

/// All that it has are in use, and the first one always is.
awaitable<hypervisor::GuestVcpus> TestDriver::guest_vcpus(Uuid uuid, std::string name) {
    hypervisor::GuestVcpus vcpus;
    auto count = require_active(uuid, name).live.summary.vcpus;
    for (std::uint32_t number = 0; number < count; ++number) {
        vcpus.all.push_back(number);
        vcpus.online.push_back(number);
        if (number > 0) vcpus.switchable.push_back(number);
    }
    co_return vcpus;
}

/// The snapshot says all that there is.
awaitable<std::vector<protocol::TypedParameter>> TestDriver::statistics(Uuid uuid, std::string name,
                                                                        std::uint32_t) {
    require_active(uuid, name);
    co_return std::vector<protocol::TypedParameter>{};
}

awaitable<hypervisor::Screenshot> TestDriver::screenshot(Uuid uuid, std::string name, std::uint32_t screen) {
    auto& domain = require_active(uuid, name);
    if (screen != 0)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has one screen: there is no number {}", domain.name, screen));
    co_return hypervisor::Screenshot{std::string{picture_type}, open_picture()};
}

awaitable<void> TestDriver::send_key(Uuid uuid, std::string name, hypervisor::KeyPress) {
    require_running(uuid, name);
    co_return;
}

awaitable<void> TestDriver::inject_nmi(Uuid uuid, std::string name) {
    require_running(uuid, name);
    co_return;
}

awaitable<std::string> TestDriver::hostname(Uuid uuid, std::string name, hypervisor::HostnameSource) {
    co_return require_active(uuid, name).name + "host";
}

/// Whoever is asked: each interface has one address in libvirt's default network.
awaitable<std::vector<hypervisor::GuestInterface>>
TestDriver::interface_addresses(Uuid uuid, std::string name, hypervisor::AddressSource) {
    const auto& live = require_active(uuid, name).live;
    auto model = model::domain::parse(live.complete(), model::domain::Scope::Live);
    std::vector<hypervisor::GuestInterface> answer;
    for (const auto& interface : model.devices.interfaces) {
        hypervisor::GuestInterface::Address address;
        address.text = fmt::format("192.168.122.{}", 2 + answer.size() % 253);
        address.prefix = 24;
        answer.push_back({interface.target, interface.mac.text(), {std::move(address)}});
    }
    co_return answer;
}

awaitable<hypervisor::GuestTime> TestDriver::time(Uuid uuid, std::string name) {
    co_return host_time() + require_active(uuid, name).clock;
}

awaitable<void> TestDriver::set_time(Uuid uuid, std::string name, std::optional<hypervisor::GuestTime> time) {
    auto& domain = require_active(uuid, name);
    domain.clock = time ? *time - host_time() : hypervisor::GuestTime{0};
    co_return;
}

} // namespace vireo::testdriver
