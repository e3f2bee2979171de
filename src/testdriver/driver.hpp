// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/definition.hpp"
#include "hypervisor/driver.hpp"

#include <functional>
#include <string>
#include <unordered_map>

namespace vireo::testdriver {

/// Guests that are not there: domains in memory that obey every call at once. What a client of libvirt may
/// ask of a hypervisor it may ask of this one, and hears the same events, states and errors as from QEMU. All
/// connections share its domains; they go with the daemon. Main thread only; no method waits, but for the
/// parsing of long texts.
class TestDriver final : public hypervisor::Driver {
public:
    using DomainSnapshotPtr = hypervisor::DomainSnapshotPtr;
    using Impact = hypervisor::Impact;

    /// One domain, "test", runs already.
    TestDriver();

    std::string type() const override { return "TEST"; }
    std::string uri() const override { return "test:///default"; }
    awaitable<std::uint64_t> version() override;
    awaitable<std::string> capabilities() override;
    awaitable<std::int32_t> max_vcpus(std::string type) override;

    awaitable<DomainSnapshotPtr> define(std::string xml, hypervisor::DefineOptions options) override;
    awaitable<void> undefine(Uuid uuid, std::string name, hypervisor::UndefineOptions options) override;
    awaitable<DomainSnapshotPtr> create(std::string xml, hypervisor::StartOptions options) override;
    awaitable<DomainSnapshotPtr> start(Uuid uuid, std::string name,
                                       hypervisor::StartOptions options) override;
    awaitable<void> shut_down(Uuid uuid, std::string name, hypervisor::PowerWays ways) override;
    awaitable<void> reboot(Uuid uuid, std::string name, hypervisor::PowerWays ways) override;
    awaitable<void> reset(Uuid uuid, std::string name) override;
    awaitable<void> destroy(Uuid uuid, std::string name, bool graceful) override;
    awaitable<void> suspend(Uuid uuid, std::string name) override;
    awaitable<void> resume(Uuid uuid, std::string name) override;
    awaitable<void> pm_suspend(Uuid uuid, std::string name, hypervisor::SuspendTarget target) override;
    awaitable<void> pm_wakeup(Uuid uuid, std::string name) override;
    awaitable<void> set_autostart(Uuid uuid, std::string name, bool autostart) override;
    awaitable<void> rename(Uuid uuid, std::string name, std::string new_name) override;

    awaitable<void> set_metadata(Uuid uuid, std::string name, hypervisor::MetadataChange change,
                                 Impact impact) override;
    awaitable<void> change_device(Uuid uuid, std::string name, hypervisor::DeviceChange change,
                                  Impact impact) override;
    awaitable<void> set_memory(Uuid uuid, std::string name, MemorySize size, hypervisor::MemoryTarget target,
                               Impact impact) override;
    awaitable<void> set_vcpus(Uuid uuid, std::string name, std::uint32_t count, hypervisor::VcpuTarget target,
                              Impact impact) override;

    awaitable<void> set_pin(Uuid uuid, std::string name, hypervisor::PinChange change,
                            Impact impact) override;

    awaitable<hypervisor::GuestVcpus> guest_vcpus(Uuid uuid, std::string name) override;
    awaitable<std::vector<protocol::TypedParameter>> statistics(Uuid uuid, std::string name,
                                                                std::uint32_t groups) override;
    awaitable<hypervisor::Screenshot> screenshot(Uuid uuid, std::string name, std::uint32_t screen) override;
    awaitable<void> send_key(Uuid uuid, std::string name, hypervisor::KeyPress keys) override;
    awaitable<void> inject_nmi(Uuid uuid, std::string name) override;
    awaitable<std::string> hostname(Uuid uuid, std::string name, hypervisor::HostnameSource source) override;
    awaitable<std::vector<hypervisor::GuestInterface>>
    interface_addresses(Uuid uuid, std::string name, hypervisor::AddressSource source) override;
    awaitable<hypervisor::GuestTime> time(Uuid uuid, std::string name) override;
    awaitable<void> set_time(Uuid uuid, std::string name, std::optional<hypervisor::GuestTime> time) override;

private:
    using Model = model::domain::Domain;
    using Edit = std::function<void(Model&, bool live)>;

    struct TestDomain {
        Uuid uuid;
        std::string name;
        std::int32_t id = -1; ///< of this run
        hypervisor::StateAndReason state{hypervisor::ShutoffReason::Unknown};
        bool autostart = false;
        hypervisor::Definition definition; ///< none when transient
        hypervisor::Definition live;       ///< none while it does not run
        hypervisor::GuestTime clock{0};    ///< of the guest, ahead of the host's

        bool active() const { return id >= 0; }
    };

    // driver.cpp: finding, publishing
    TestDomain& require(const Uuid& uuid, std::string_view name);
    TestDomain& require_active(const Uuid& uuid, std::string_view name);
    TestDomain& require_running(const Uuid& uuid, std::string_view name);
    /// Shows the domain's present state; one that is neither defined nor runs is forgotten.
    DomainSnapshotPtr publish(TestDomain& domain);
    void tell(const TestDomain& domain, hypervisor::DomainEvent::What what);
    void set_state(TestDomain& domain, hypervisor::StateAndReason state);

    // definitions.cpp
    void require_free(const Model& model) const;
    TestDomain& domain_of(const Model& model);
    void edit(TestDomain& domain, Impact impact, const Edit& change);

    // lifecycle.cpp
    void boot(TestDomain& domain, Model model, bool paused);
    void stop(TestDomain& domain, hypervisor::ShutoffReason reason, hypervisor::StoppedDetail detail);
    void restart(TestDomain& domain);
    void follow(TestDomain& domain, model::domain::LifecycleAction action);

    std::unordered_map<Uuid, TestDomain> domains_;
    std::int32_t next_id_ = 1;
};

} // namespace vireo::testdriver
