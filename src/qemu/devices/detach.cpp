// SPDX-License-Identifier: Apache-2.0
// A device leaves a running guest when the guest lets it go: QEMU passes the request on, and tells later that
// it is gone. What stood behind it is taken away then.
#include "base/log.hpp"
#include "model/domain/device_change.hpp"
#include "qemu/devices/live_rules.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using hypervisor::DeviceAction;

namespace {
constexpr log::Source log{"qemu.devices"};
/// For a guest to let go of a device before the call returns, as libvirt's clients know it.
constexpr std::chrono::seconds removal_patience{5};

std::string alias_of(model::domain::Domain& live, const hypervisor::DeviceChange& change) {
    if (change.action == DeviceAction::Detach) {
        require_live_kind(change.device, "detached from");
        return model::domain::find_device_alias(live, change.device);
    }
    if (!aliases_of(live).contains(change.device))
        throw error(
            ErrorCode::InternalError,
            fmt::format("no device of the running domain '{}' has the alias '{}'", live.name, change.device));
    return change.device;
}
} // namespace

/// Returns when the device has gone, or when the guest has had time to let it go. By its alias: at once.
awaitable<void> QemuDriver::detach_live(DomainPtr domain, hypervisor::DeviceChange change) {
    auto monitor = co_await require_monitor(domain);
    auto run = domain->run;
    auto live = co_await read_live(domain);
    auto alias = alias_of(live, change);
    require_unpluggable(live, alias);
    auto unplug = std::make_shared<Unplug>();
    run->unplugs[alias] = unplug;
    struct Forget {
        RunPtr run;
        std::string alias;
        ~Forget() { run->unplugs.erase(alias); }
    } forget{run, alias};
    json::object arguments{{"id", alias}};
    co_await monitor->execute("device_del", std::move(arguments), options_.monitor_deadline);
    if (change.action == DeviceAction::DetachAlias) co_return;
    co_await unplug->over.wait(removal_patience);
    if (unplug->rejected)
        throw error(ErrorCode::OperationFailed,
                    fmt::format("the guest of domain '{}' keeps device '{}'", domain->durable.name, alias));
}

/// QEMU does not have the device any more.
awaitable<void> QemuDriver::finish_removal(DomainPtr domain, RunPtr run, std::string alias) {
    auto monitor = run->monitor;
    if (domain->run != run || !monitor) co_return;
    bool was_coming = std::ranges::find(run->record.changing, alias) != run->record.changing.end();
    std::string failure;
    try {
        auto live = std::make_shared<const Model>(co_await read_live(domain));
        if (aliases_of(*live).contains(alias)) {
            auto pieces = co_await pieces_for(run, live, alias);
            co_await remove_backends(monitor, std::move(pieces), options_.monitor_deadline);
        }
        std::vector<std::string> aliases{alias};
        bool was_shown = co_await drop_devices(domain, run, std::move(aliases));
        if (was_shown && !was_coming) {
            tell(domain, hypervisor::DomainDeviceRemoved{alias});
            log.info("{}: '{}' has gone", domain->durable.name, alias);
        }
    } catch (const std::exception& error) { failure = error.what(); }
    if (auto awaited = run->unplugs.find(alias); awaited != run->unplugs.end()) awaited->second->over.give();
    if (!failure.empty())
        log.error("{}: '{}' has gone, but not all that stood behind it: {}", domain->durable.name, alias,
                  failure);
}

} // namespace vireo::qemu
