// SPDX-License-Identifier: Apache-2.0
// Devices of a definition. Those of a running guest are not changed yet.
#include "hypervisor/device_change.hpp"
#include "model/domain/xml.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

awaitable<void> QemuDriver::change_device(Uuid uuid, std::string name, hypervisor::DeviceChange change,
                                          hypervisor::Impact impact) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "change_device");
    co_await job.run(edit_devices(domain, std::move(change), impact));
}

awaitable<void> QemuDriver::edit_devices(DomainPtr domain, hypervisor::DeviceChange change,
                                         hypervisor::Impact impact) {
    auto name = domain->durable.name;
    if (scopes_of(*domain, impact).live)
        throw error(
            ErrorCode::OperationUnsupported,
            fmt::format("devices of the running domain '{}' are not changed yet: change its definition "
                        "for the next start (--config)",
                        name));
    auto model = model::domain::parse(domain->durable.definition.complete());
    auto capabilities = co_await capabilities_.get(emulator_of(model, host_architecture()));
    model::domain::ChangeContext context;
    context.complete = [&](Model& changed) { complete(changed, *capabilities, Occasion::DeviceChange); };
    context.check = [&](Model& changed) { complete(changed, *capabilities, Occasion::DeviceTrial); };
    hypervisor::apply(change, model, context);
    auto text = format_text(model, false);
    if (!co_await set_definition(domain, name, std::move(text)))
        throw error(ErrorCode::NoDomain, fmt::format("domain '{}' was undefined meanwhile", name));
}

} // namespace vireo::qemu
