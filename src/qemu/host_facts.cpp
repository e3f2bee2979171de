// SPDX-License-Identifier: Apache-2.0
// What the driver says of itself and of the host.
#include "async/blocking.hpp"
#include "host/kvm_probe.hpp"
#include "model/domain/domain.hpp"
#include "qemu/capabilities/capabilities_xml.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <fstream>

namespace vireo::qemu {

std::string host_architecture() {
    utsname host{};
    ::uname(&host);
    return host.machine;
}

namespace {
/// Of the firmware, or else of the installed system; nil where there is neither.
Uuid read_host_uuid() {
    for (const auto* path : {"/sys/class/dmi/id/product_uuid", "/etc/machine-id"}) {
        std::ifstream file{path};
        std::string text;
        if (!std::getline(file, text)) continue;
        if (auto uuid = Uuid::parse(text); uuid && !uuid->is_nil()) return *uuid;
    }
    return {};
}
} // namespace

awaitable<CapabilitiesCache::Shared> QemuDriver::default_emulator() {
    auto path = fmt::format("/usr/bin/qemu-system-{}", target_of(host_architecture()));
    co_return co_await capabilities_.get(options_.emulator.empty() ? path : options_.emulator);
}

awaitable<std::uint64_t> QemuDriver::version() { co_return (co_await default_emulator())->version; }

awaitable<std::string> QemuDriver::capabilities() {
    auto read = [] {
        auto host = read_host();
        host.uuid = read_host_uuid();
        return host;
    };
    auto host = co_await async::blocking(std::move(read));
    if (!options_.host_uuid.is_nil()) host.uuid = options_.host_uuid;
    host.kvm_usable = (co_await host::find_kvm(directories_.cache)).usable;
    auto emulators = co_await capabilities_.get_all(find_emulators());
    co_return format_capabilities(host, emulators);
}

awaitable<std::int32_t> QemuDriver::max_vcpus(std::string type) {
    using model::domain::VirtType;
    auto emulator = co_await default_emulator();
    auto known = type.empty() ? VirtType::Qemu : from_name<VirtType>(type);
    bool runs = known == VirtType::Qemu ? emulator->has_tcg : known == VirtType::Kvm && emulator->has_kvm;
    if (!runs)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("'{}' is no type of domain that QEMU runs here: 'qemu' and 'kvm' are", type));
    std::uint32_t most = 1;
    for (const auto& machine : emulator->machines) most = std::max(most, machine.max_cpus);
    co_return static_cast<std::int32_t>(most);
}

} // namespace vireo::qemu
