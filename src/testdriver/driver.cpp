// SPDX-License-Identifier: Apache-2.0
#include "testdriver/driver.hpp"

#include "model/domain/xml.hpp"
#include "testdriver/error.hpp"
#include "testdriver/example.hpp"

#include <fmt/format.h>

namespace vireo::testdriver {

namespace {
/// What libvirt's driver of this kind tells too.
constexpr std::uint64_t driver_version = 2;
constexpr std::int32_t most_vcpus = 32;
} // namespace

TestDriver::TestDriver() {
    auto model = model::domain::parse(example_domain);
    auto& domain = domain_of(model);
    domain.definition = hypervisor::format_text(model, false);
    boot(domain, std::move(model), false);
}

awaitable<std::uint64_t> TestDriver::version() { co_return driver_version; }
awaitable<std::string> TestDriver::capabilities() { co_return std::string{example_capabilities}; }
awaitable<std::int32_t> TestDriver::max_vcpus(std::string) { co_return most_vcpus; }

TestDriver::TestDomain& TestDriver::require(const Uuid& uuid, std::string_view name) {
    registry_.require(uuid, name);
    return domains_.at(uuid);
}

TestDriver::TestDomain& TestDriver::require_active(const Uuid& uuid, std::string_view name) {
    auto& domain = require(uuid, name);
    if (!domain.active())
        throw error(ErrorCode::OperationInvalid, fmt::format("domain '{}' is not running", domain.name));
    return domain;
}

TestDriver::TestDomain& TestDriver::require_running(const Uuid& uuid, std::string_view name) {
    auto& domain = require_active(uuid, name);
    if (domain.state.state != hypervisor::DomainState::Running)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("domain '{}' is paused, asleep or powered off: it does not run now", domain.name));
    return domain;
}

TestDriver::DomainSnapshotPtr TestDriver::publish(TestDomain& domain) {
    auto snapshot = std::make_shared<hypervisor::DomainSnapshot>();
    snapshot->uuid = domain.uuid;
    snapshot->name = domain.name;
    snapshot->id = domain.id;
    snapshot->state = domain.state;
    snapshot->persistent = bool{domain.definition};
    snapshot->autostart = domain.autostart;
    snapshot->persistent_definition = domain.definition.text;
    snapshot->live_definition = domain.live.text;
    hypervisor::take_summary(*snapshot, (domain.active() ? domain.live : domain.definition).summary);
    if (domain.active() || domain.definition) {
        registry_.publish(snapshot);
    } else {
        auto uuid = domain.uuid;
        registry_.withdraw(uuid);
        domains_.erase(uuid);
    }
    return snapshot;
}

void TestDriver::tell(const TestDomain& domain, hypervisor::DomainEvent::What what) {
    events_.publish({domain.name, domain.uuid, domain.id, std::move(what)});
}

void TestDriver::set_state(TestDomain& domain, hypervisor::StateAndReason state) {
    domain.state = state;
    publish(domain);
}

} // namespace vireo::testdriver
