// SPDX-License-Identifier: Apache-2.0
// What of a domain is changed by calls of its own: texts about it, memory, vcpus. A change is for the running
// guest, for its next start, or for both.
#include "hypervisor/metadata_change.hpp"
#include "model/domain/edit.hpp"
#include "model/domain/xml.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::Impact;
using hypervisor::MemoryTarget;
using hypervisor::VcpuTarget;
using namespace model::domain;

namespace {
Error not_live(const std::string& what) {
    return error(ErrorCode::OperationInvalid, what + ": change its definition for the next start");
}

const MemoryBalloon& require_balloon(const Domain& live) {
    const auto& balloon = live.devices.memory_balloon;
    if (!balloon || balloon->model == BalloonModel::None)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("domain '{}' has no balloon, which its memory would be changed by", live.name));
    return *balloon;
}
} // namespace

QemuDriver::Scopes QemuDriver::scopes_of(const ManagedDomain& domain, Impact impact) {
    bool active = domain.run != nullptr;
    Scopes scopes{impact.live, impact.persistent};
    if (!impact.live && !impact.persistent) scopes = {active, !active};
    if (scopes.live) require_active(domain);
    if (scopes.persistent && !domain.durable.definition)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is transient: it has no definition", domain.durable.name));
    return scopes;
}

/// Changes the definitions, both or none.
awaitable<void> QemuDriver::change_texts(DomainPtr domain, Scopes scopes,
                                         std::function<void(Model&)> change) {
    DurableChange both{[scopes, &change](Durable& next) {
        auto edit = [&change](Text& text, Scope scope) {
            auto model = model::domain::parse(text.complete(), scope);
            change(model);
            text = format_text(model, scope == Scope::Live);
        };
        if (scopes.live && next.live) edit(next.live, Scope::Live);
        if (scopes.persistent && next.definition) edit(next.definition, Scope::Definition);
    }};
    co_await save(domain, std::move(both));
    publish(domain);
}

awaitable<void> QemuDriver::set_metadata(Uuid uuid, std::string name, hypervisor::MetadataChange change,
                                         Impact impact) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "set_metadata");
    co_await job.run(change_metadata(domain, std::move(change), impact));
}

awaitable<void> QemuDriver::change_metadata(DomainPtr domain, hypervisor::MetadataChange change,
                                            Impact impact) {
    std::function<void(Model&)> edit{[&change](Model& model) { hypervisor::apply(change, model); }};
    co_await change_texts(domain, scopes_of(*domain, impact), std::move(edit));
    hypervisor::DomainMetadataChange told{static_cast<std::int32_t>(change.type), std::nullopt};
    if (change.type == hypervisor::MetadataType::Element) told.uri = change.uri;
    tell(domain, std::move(told));
}

awaitable<void> QemuDriver::set_memory(Uuid uuid, std::string name, MemorySize size, MemoryTarget target,
                                       Impact impact) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "set_memory");
    co_await job.run(change_memory(domain, size, target, impact));
}

/// The guest gives memory to its balloon, or takes it back, as fast as it can: QEMU tells how far it is.
awaitable<void> QemuDriver::change_memory(DomainPtr domain, MemorySize size, MemoryTarget target,
                                          Impact impact) {
    auto scopes = scopes_of(*domain, impact);
    if (scopes.live && target == MemoryTarget::Maximum)
        throw not_live(fmt::format("the most memory that domain '{}' may have cannot change while it runs",
                                   domain->durable.name));
    if (scopes.live) {
        auto live = co_await read_live(domain);
        require_balloon(live);
        set_current_memory(live, size); // as far as the limit goes
        auto monitor = co_await require_monitor(domain);
        json::object arguments{{"value", size.in_bytes()}};
        co_await monitor->execute("balloon", std::move(arguments), options_.monitor_deadline);
    }
    if (!scopes.persistent) co_return;
    std::function<void(Model&)> edit{[size, target](Model& model) {
        target == MemoryTarget::Maximum ? set_maximum_memory(model, size) : set_current_memory(model, size);
    }};
    Scopes definition{false, true};
    co_await change_texts(domain, definition, std::move(edit));
}

awaitable<void> QemuDriver::set_vcpus(Uuid uuid, std::string name, std::uint32_t count, VcpuTarget target,
                                      Impact impact) {
    auto domain = require(uuid, name);
    if (target == VcpuTarget::Guest) co_return co_await switch_guest_vcpus(domain, count);
    auto job = co_await begin(domain, async::JobKind::Modify, "set_vcpus");
    co_await job.run(change_vcpus(domain, count, target, impact));
}

awaitable<void> QemuDriver::change_vcpus(DomainPtr domain, std::uint32_t count, VcpuTarget target,
                                         Impact impact) {
    auto scopes = scopes_of(*domain, impact);
    const auto& name = domain->durable.name;
    if (scopes.live && target == VcpuTarget::Maximum)
        throw not_live(
            fmt::format("the most vcpus that domain '{}' may have cannot change while it runs", name));
    if (scopes.live) co_await plug_vcpus(domain, count);
    if (!scopes.persistent) co_return;
    std::function<void(Model&)> edit{[count, target](Model& model) {
        target == VcpuTarget::Maximum ? set_maximum_vcpus(model, count) : set_current_vcpus(model, count);
    }};
    Scopes definition{false, true};
    co_await change_texts(domain, definition, std::move(edit));
}

awaitable<void> QemuDriver::set_memory_statistics_period(Uuid uuid, std::string name,
                                                         std::chrono::seconds period, Impact impact) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "set_memory_statistics_period");
    co_await job.run(change_statistics_period(domain, period, impact));
}

awaitable<void> QemuDriver::change_statistics_period(DomainPtr domain, std::chrono::seconds period,
                                                     Impact impact) {
    auto scopes = scopes_of(*domain, impact);
    if (scopes.live) {
        auto live = co_await read_live(domain);
        auto alias = require_balloon(live).info.alias;
        auto monitor = co_await require_monitor(domain);
        co_await set_balloon_period(monitor, alias, period);
    }
    std::function<void(Model&)> edit{[period](Model& model) {
        require_balloon(model);
        auto& value = model.devices.memory_balloon->stats_period;
        value.reset();
        if (period.count() > 0) value = static_cast<std::uint32_t>(period.count());
    }};
    co_await change_texts(domain, scopes, std::move(edit));
}

awaitable<void> QemuDriver::set_balloon_period(std::shared_ptr<Monitor> monitor, std::string alias,
                                               std::chrono::seconds period) {
    json::object arguments{{"path", "/machine/peripheral/" + alias},
                           {"property", "guest-stats-polling-interval"},
                           {"value", period.count()}};
    co_await monitor->execute("qom-set", std::move(arguments), options_.monitor_deadline);
}

} // namespace vireo::qemu
