// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/device_change.hpp"
#include "hypervisor/metadata_change.hpp"
#include "model/domain/edit.hpp"
#include "model/domain/xml.hpp"
#include "testdriver/driver.hpp"
#include "testdriver/error.hpp"

#include <fmt/format.h>

namespace vireo::testdriver {

using hypervisor::MemoryTarget;
using hypervisor::VcpuTarget;

namespace {
/// Of a definition that does not say, as libvirt's driver of this kind has it.
constexpr std::string_view default_architecture = "i686";

awaitable<model::domain::Domain> read_definition(std::string xml, bool strict) {
    using model::domain::Unknown;
    auto model =
        co_await hypervisor::parse_definition(std::move(xml), strict ? Unknown::Refuse : Unknown::Ignore);
    if (model.os.arch.empty()) model.os.arch = default_architecture;
    co_return model;
}
} // namespace

void TestDriver::require_free(const Model& model) const {
    auto namesake = registry_.find_by_name(model.name);
    if (namesake && namesake->uuid != model.uuid)
        throw error(ErrorCode::OperationFailed, fmt::format("domain '{}' already exists with uuid {}",
                                                            model.name, namesake->uuid.text()));
    auto known = registry_.find(model.uuid);
    if (known && known->name != model.name)
        throw error(ErrorCode::OperationFailed,
                    fmt::format("uuid {} already belongs to domain '{}'", model.uuid.text(), known->name));
}

TestDriver::TestDomain& TestDriver::domain_of(const Model& model) {
    auto& domain = domains_[model.uuid];
    domain.uuid = model.uuid;
    domain.name = model.name;
    return domain;
}

awaitable<TestDriver::DomainSnapshotPtr> TestDriver::define(std::string xml,
                                                            hypervisor::DefineOptions options) {
    auto model = co_await read_definition(std::move(xml), options.validate);
    auto definition = hypervisor::format_text(model, false);
    require_free(model);
    auto& domain = domain_of(model);
    bool known = bool{domain.definition};
    domain.definition = std::move(definition);
    auto snapshot = publish(domain);
    tell(domain, known ? hypervisor::DefinedDetail::Updated : hypervisor::DefinedDetail::Added);
    co_return snapshot;
}

awaitable<void> TestDriver::undefine(Uuid uuid, std::string name, hypervisor::UndefineOptions) {
    auto& domain = require(uuid, name);
    if (!domain.definition)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is transient: it has no definition", domain.name));
    domain.definition = {};
    domain.autostart = false;
    hypervisor::DomainEvent event{domain.name, uuid, domain.id,
                                  hypervisor::DomainLifecycle{hypervisor::UndefinedDetail::Removed}};
    publish(domain); // forgets one that does not run
    events_.publish(event);
    co_return;
}

awaitable<TestDriver::DomainSnapshotPtr> TestDriver::create(std::string xml,
                                                            hypervisor::StartOptions options) {
    auto model = co_await read_definition(std::move(xml), options.validate);
    require_free(model);
    auto uuid = model.uuid;
    if (auto known = registry_.find(uuid); known && known->active())
        throw error(ErrorCode::OperationInvalid, fmt::format("domain '{}' is already active", model.name));
    auto& domain = domain_of(model);
    boot(domain, std::move(model), options.paused);
    co_return registry_.find(uuid);
}

awaitable<void> TestDriver::set_autostart(Uuid uuid, std::string name, bool autostart) {
    auto& domain = require(uuid, name);
    if (!domain.definition)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is transient: it cannot be started by itself", domain.name));
    domain.autostart = autostart;
    publish(domain);
    co_return;
}

awaitable<void> TestDriver::rename(Uuid uuid, std::string name, std::string new_name) {
    auto& domain = require(uuid, name);
    if (domain.active() || !domain.definition)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is active or transient and cannot be renamed", domain.name));
    if (registry_.find_by_name(new_name))
        throw error(ErrorCode::OperationInvalid, fmt::format("there is a domain '{}' already", new_name));
    auto model = model::domain::parse(domain.definition.complete());
    model.name = new_name;
    auto definition = hypervisor::format_text(model, false);
    model::domain::parse(definition.complete()); // whether the name may be one
    hypervisor::DomainEvent gone{domain.name, uuid, -1,
                                 hypervisor::DomainLifecycle{hypervisor::UndefinedDetail::Renamed}};
    domain.name = std::move(new_name);
    domain.definition = std::move(definition);
    publish(domain);
    events_.publish(gone);
    tell(domain, hypervisor::DefinedDetail::Renamed);
    co_return;
}

/// Changes what is asked for, or nothing.
void TestDriver::edit(TestDomain& domain, Impact asked, const Edit& change) {
    auto impact = hypervisor::resolve(asked, *registry_.find(domain.uuid));
    auto changed = [&](const hypervisor::Definition& definition, bool live) {
        using model::domain::Scope;
        auto model = model::domain::parse(definition.complete(), live ? Scope::Live : Scope::Definition);
        change(model, live);
        return hypervisor::format_text(model, live);
    };
    auto live = impact.live ? changed(domain.live, true) : domain.live;
    if (impact.persistent) domain.definition = changed(domain.definition, false);
    domain.live = std::move(live);
    publish(domain);
}

awaitable<void> TestDriver::set_metadata(Uuid uuid, std::string name, hypervisor::MetadataChange change,
                                         Impact impact) {
    auto& domain = require(uuid, name);
    edit(domain, impact, [&](Model& model, bool) { hypervisor::apply(change, model); });
    hypervisor::DomainMetadataChange event{static_cast<std::int32_t>(change.type), std::nullopt};
    if (change.type == hypervisor::MetadataType::Element) event.uri = change.uri;
    tell(domain, std::move(event));
    co_return;
}

awaitable<void> TestDriver::change_device(Uuid uuid, std::string name, hypervisor::DeviceChange change,
                                          Impact impact) {
    using model::domain::Scope;
    auto& domain = require(uuid, name);
    edit(domain, impact, [&](Model& model, bool live) {
        model::domain::ChangeContext context;
        context.scope = live ? Scope::Live : Scope::Definition;
        hypervisor::apply(change, model, context);
    });
    if (hypervisor::resolve(impact, *registry_.find(uuid)).persistent)
        tell(domain, hypervisor::DefinedDetail::Updated);
    co_return;
}

awaitable<void> TestDriver::set_memory(Uuid uuid, std::string name, MemorySize size, MemoryTarget target,
                                       Impact impact) {
    auto& domain = require(uuid, name);
    if (target == MemoryTarget::Current) {
        edit(domain, impact, [&](Model& model, bool) { set_current_memory(model, size); });
        if (domain.active()) tell(domain, hypervisor::DomainBalloonChange{domain.live.summary.memory});
        co_return;
    }
    if (hypervisor::resolve(impact, *registry_.find(uuid)).live)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' runs: its maximum of memory can be set for the next start only",
                                domain.name));
    edit(domain, impact, [&](Model& model, bool) { set_maximum_memory(model, size); });
}

awaitable<void> TestDriver::set_vcpus(Uuid uuid, std::string name, std::uint32_t count, VcpuTarget target,
                                      Impact impact) {
    auto& domain = require(uuid, name);
    switch (target) {
    case VcpuTarget::Guest:
        throw error(ErrorCode::ArgumentUnsupported,
                    fmt::format("domain '{}' has no agent that could switch its vcpus", domain.name));
    case VcpuTarget::Maximum:
        if (hypervisor::resolve(impact, *registry_.find(uuid)).live)
            throw error(
                ErrorCode::InvalidArgument,
                fmt::format("domain '{}' runs: its maximum of vcpus can be set for the next start only",
                            domain.name));
        edit(domain, impact, [&](Model& model, bool) { set_maximum_vcpus(model, count); });
        co_return;
    case VcpuTarget::Current:
        edit(domain, impact, [&](Model& model, bool) { set_current_vcpus(model, count); });
    }
}

awaitable<void> TestDriver::set_pin(Uuid uuid, std::string name, hypervisor::PinChange change,
                                    Impact impact) {
    edit(require(uuid, name), impact,
         [&](Model& model, bool) { model::domain::set_pin(model, change.kind, change.number, change.cpus); });
    co_return;
}

} // namespace vireo::testdriver
