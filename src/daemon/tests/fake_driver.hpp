// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "hypervisor/driver.hpp"

namespace vireo::daemon {

/// A driver whose domains are what a test publishes. It refuses to change any, but remembers what it was
/// asked for.
class FakeDriver : public hypervisor::Driver {
public:
    using Snapshot = hypervisor::DomainSnapshotPtr;

    Uuid add(std::string name, std::int32_t id = -1) {
        hypervisor::DomainSnapshot domain;
        domain.uuid = Uuid::generate();
        domain.name = std::move(name);
        domain.id = id;
        if (id >= 0) domain.state = hypervisor::RunningReason::Booted;
        auto definition = std::make_shared<hypervisor::DefinitionText>();
        definition->open = "<domain/>";
        definition->with_secrets = "<domain passwd='secret'/>";
        domain.persistent_definition = definition;
        auto uuid = domain.uuid;
        registry_.publish(std::make_shared<const hypervisor::DomainSnapshot>(std::move(domain)));
        return uuid;
    }
    void remove(const Uuid& domain) { registry_.withdraw(domain); }
    std::string asked;
    std::vector<protocol::TypedParameter> figures; ///< that its guests have

    awaitable<std::vector<protocol::TypedParameter>> statistics(Uuid, std::string, std::uint32_t) override {
        auto all = figures;
        co_return all;
    }
    std::string type() const override { return "Fake"; }
    std::string uri() const override { return "fake:///system"; }
    awaitable<std::uint64_t> version() override { co_return 1'002'003; }
    awaitable<std::string> capabilities() override { return text("<capabilities/>"); }
    awaitable<std::int32_t> max_vcpus(std::string) override { co_return 16; }
    awaitable<Snapshot> define(std::string xml, hypervisor::DefineOptions) override {
        return refuse("define " + xml);
    }
    awaitable<void> undefine(Uuid, std::string name, hypervisor::UndefineOptions) override {
        return note("undefine " + name);
    }
    awaitable<Snapshot> create(std::string xml, hypervisor::StartOptions options) override {
        asked += "create " + xml;
        return start({}, "", options);
    }
    awaitable<Snapshot> start(Uuid domain, std::string name, hypervisor::StartOptions options) override {
        asked += "start " + name + (options.paused ? " paused" : "") +
                 (options.autodestroy ? " autodestroy" : "") + ";";
        auto found = registry_.find(domain);
        co_return found;
    }
    awaitable<void> shut_down(Uuid, std::string name, hypervisor::PowerWays ways) override {
        return note("shut_down " + name + (ways.agent ? " by agent" : ""));
    }
    awaitable<void> reboot(Uuid, std::string name, hypervisor::PowerWays) override {
        return note("reboot " + name);
    }
    awaitable<void> reset(Uuid, std::string name) override { return note("reset " + name); }
    awaitable<void> destroy(Uuid, std::string name, bool graceful) override {
        return note("destroy " + name + (graceful ? " gracefully" : ""));
    }
    awaitable<void> suspend(Uuid, std::string name) override { return note("suspend " + name); }
    awaitable<void> resume(Uuid, std::string name) override { return note("resume " + name); }
    awaitable<void> set_autostart(Uuid, std::string name, bool on) override {
        return note("set_autostart " + name + (on ? " on" : " off"));
    }
    awaitable<void> rename(Uuid, std::string name, std::string to) override {
        return note("rename " + name + " " + to);
    }
    awaitable<std::unique_ptr<async::ByteChannel>> open_console(Uuid, std::string name,
                                                                hypervisor::ConsoleOptions) override {
        throw Error(ErrorCode::OperationInvalid, ErrorDomain::Qemu, name + " has no console");
        co_return nullptr;
    }

private:
    static awaitable<std::string> text(std::string value) { co_return value; }
    awaitable<void> note(std::string what) {
        asked += what + ";";
        co_return;
    }
    static awaitable<Snapshot> refuse(std::string what) {
        throw Error(ErrorCode::OperationFailed, ErrorDomain::Qemu, what);
        co_return nullptr;
    }
};

} // namespace vireo::daemon
