// SPDX-License-Identifier: Apache-2.0
#include "daemon/setting_calls.hpp"

#include "base/error.hpp"
#include "hypervisor/definition.hpp"
#include "hypervisor/metadata_change.hpp"
#include "model/domain/cpu_set.hpp"
#include "model/domain/edit.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

using model::domain::ThreadKind;

namespace {
constexpr std::uint32_t live = 1, persistent = 2,
                        impact_flags = live | persistent; // virDomainModificationImpact
constexpr std::uint32_t maximum = 4, guest = 8,
                        hotpluggable = 16; // virDomainVcpuFlags, virDomainMemoryModFlags

hypervisor::Impact impact_of(std::uint32_t flags) {
    return {.live = (flags & live) != 0, .persistent = (flags & persistent) != 0};
}

Error invalid(const std::string& what) { return {ErrorCode::InvalidArgument, ErrorDomain::Domain, what}; }

/// KiB of the wire.
MemorySize memory_of(std::uint64_t kib) {
    if (kib == 0 || kib > UINT64_MAX >> 10) throw invalid(fmt::format("{} KiB is no amount of memory", kib));
    return MemorySize::kib(kib);
}

/// The definition that is meant: one only.
awaitable<model::domain::Domain> require_definition(const hypervisor::DomainSnapshot& domain,
                                                    std::uint32_t flags) {
    using model::domain::Scope;
    if ((flags & impact_flags) == impact_flags)
        throw invalid("the running guest or its definition is asked for, not both");
    bool of_live = (flags & live) != 0 || ((flags & persistent) == 0 && domain.active());
    if (of_live && !domain.active())
        throw Error(ErrorCode::OperationInvalid, ErrorDomain::Domain,
                    fmt::format("domain '{}' is not running", domain.name));
    if (!of_live && !domain.persistent)
        throw Error(ErrorCode::OperationInvalid, ErrorDomain::Domain,
                    fmt::format("domain '{}' is transient: it has no definition", domain.name));
    const auto& text = of_live ? domain.live_definition : domain.persistent_definition;
    return hypervisor::parse_text(text, of_live ? Scope::Live : Scope::Definition);
}
/// Bit n%8 of byte n/8 is processor n.
std::string cpus_of(const std::string& map) {
    constexpr std::uint32_t bits = 8;
    std::set<std::uint32_t> processors;
    for (std::uint32_t i = 0; i < map.size() * bits; ++i)
        if ((static_cast<unsigned char>(map[i / bits]) >> i % bits & 1) != 0) processors.insert(i);
    return model::domain::text_of_cpu_set(processors);
}
} // namespace

awaitable<protocol::DomainGetMetadataRet> SettingCalls::metadata(Session& session,
                                                                 protocol::DomainGetMetadataArgs args) {
    check_flags(args.flags, impact_flags, "virDomainGetMetadata");
    auto domain = require_domain(session, args.dom);
    auto definition = co_await require_definition(*domain, args.flags);
    auto type = static_cast<hypervisor::MetadataType>(args.type);
    if (type == hypervisor::MetadataType::Element && !args.uri)
        throw invalid("an element of the metadata is asked for by the URI of its namespace");
    protocol::DomainGetMetadataRet answer{hypervisor::metadata_of(definition, type, args.uri.value_or(""))};
    co_return answer;
}

awaitable<void> SettingCalls::set_metadata(Session& session, protocol::DomainSetMetadataArgs args) {
    check_flags(args.flags, impact_flags, "virDomainSetMetadata");
    hypervisor::MetadataChange change{static_cast<hypervisor::MetadataType>(args.type),
                                      std::move(args.metadata), std::move(args.key).value_or(""),
                                      std::move(args.uri).value_or("")};
    bool element = change.type == hypervisor::MetadataType::Element;
    if (element && (change.uri.empty() || (change.text && change.prefix.empty())))
        throw invalid("an element of the metadata needs the URI of its namespace and a prefix for it");
    return driver_of(session).set_metadata(args.dom.uuid, args.dom.name, std::move(change),
                                           impact_of(args.flags));
}

awaitable<void> SettingCalls::set_max_memory(Session& session, protocol::DomainSetMaxMemoryArgs args) {
    return driver_of(session).set_memory(args.dom.uuid, args.dom.name, memory_of(args.memory),
                                         hypervisor::MemoryTarget::Maximum, {});
}

awaitable<void> SettingCalls::set_memory(Session& session, protocol::DomainSetMemoryArgs args) {
    return driver_of(session).set_memory(args.dom.uuid, args.dom.name, memory_of(args.memory),
                                         hypervisor::MemoryTarget::Current, impact_of(live));
}

awaitable<void> SettingCalls::set_memory_flags(Session& session, protocol::DomainSetMemoryFlagsArgs args) {
    check_flags(args.flags, impact_flags | maximum, "virDomainSetMemoryFlags");
    auto target =
        (args.flags & maximum) != 0 ? hypervisor::MemoryTarget::Maximum : hypervisor::MemoryTarget::Current;
    return driver_of(session).set_memory(args.dom.uuid, args.dom.name, memory_of(args.memory), target,
                                         impact_of(args.flags));
}

awaitable<void> SettingCalls::set_statistics_period(Session& session,
                                                    protocol::DomainSetMemoryStatsPeriodArgs args) {
    check_flags(args.flags, impact_flags, "virDomainSetMemoryStatsPeriod");
    if (args.period < 0) throw invalid(fmt::format("{} seconds is no period", args.period));
    return driver_of(session).set_memory_statistics_period(
        args.dom.uuid, args.dom.name, std::chrono::seconds{args.period}, impact_of(args.flags));
}

awaitable<void> SettingCalls::set_vcpus(Session& session, protocol::DomainSetVcpusArgs args) {
    if (args.nvcpus == 0) throw invalid("a domain has at least one vcpu");
    return driver_of(session).set_vcpus(args.dom.uuid, args.dom.name, args.nvcpus,
                                        hypervisor::VcpuTarget::Current, impact_of(live));
}

awaitable<void> SettingCalls::set_vcpus_flags(Session& session, protocol::DomainSetVcpusFlagsArgs args) {
    check_flags(args.flags, impact_flags | maximum | guest | hotpluggable, "virDomainSetVcpusFlags");
    if (args.nvcpus == 0) throw invalid("a domain has at least one vcpu");
    if ((args.flags & hotpluggable) != 0)
        throw Error(ErrorCode::ArgumentUnsupported, ErrorDomain::Domain,
                    "vcpus that can be unplugged are not supported yet: leave out --hotpluggable");
    bool both = (args.flags & maximum) != 0 && (args.flags & guest) != 0;
    if (both || ((args.flags & guest) != 0 && (args.flags & persistent) != 0))
        throw invalid("vcpus inside the guest have no limit and no definition: use that flag alone");
    auto target = hypervisor::VcpuTarget::Current;
    if ((args.flags & maximum) != 0) target = hypervisor::VcpuTarget::Maximum;
    if ((args.flags & guest) != 0) target = hypervisor::VcpuTarget::Guest;
    return driver_of(session).set_vcpus(args.dom.uuid, args.dom.name, args.nvcpus, target,
                                        impact_of(args.flags));
}

awaitable<protocol::DomainGetVcpusFlagsRet> SettingCalls::vcpus(Session& session,
                                                                protocol::DomainGetVcpusFlagsArgs args) {
    check_flags(args.flags, impact_flags | maximum | guest, "virDomainGetVcpusFlags");
    auto domain = require_domain(session, args.dom);
    protocol::DomainGetVcpusFlagsRet answer;
    if ((args.flags & guest) != 0) {
        auto known = co_await driver_of(session).guest_vcpus(args.dom.uuid, args.dom.name);
        answer.num = static_cast<std::int32_t>(known.online.size());
        co_return answer;
    }
    auto definition = co_await require_definition(*domain, args.flags);
    auto count = (args.flags & maximum) != 0 ? definition.vcpus.maximum : current_vcpus(definition);
    answer.num = static_cast<std::int32_t>(count);
    co_return answer;
}

awaitable<void> SettingCalls::pin_vcpu(Session& session, protocol::DomainPinVcpuArgs args) {
    hypervisor::PinChange change{ThreadKind::Vcpu, args.vcpu, cpus_of(args.cpumap.data)};
    return driver_of(session).set_pin(args.dom.uuid, args.dom.name, std::move(change), impact_of(live));
}

awaitable<void> SettingCalls::pin_vcpu_flags(Session& session, protocol::DomainPinVcpuFlagsArgs args) {
    check_flags(args.flags, impact_flags, "virDomainPinVcpuFlags");
    hypervisor::PinChange change{ThreadKind::Vcpu, args.vcpu, cpus_of(args.cpumap.data)};
    return driver_of(session).set_pin(args.dom.uuid, args.dom.name, std::move(change), impact_of(args.flags));
}

awaitable<void> SettingCalls::pin_emulator(Session& session, protocol::DomainPinEmulatorArgs args) {
    check_flags(args.flags, impact_flags, "virDomainPinEmulator");
    hypervisor::PinChange change{ThreadKind::Emulator, 0, cpus_of(args.cpumap.data)};
    return driver_of(session).set_pin(args.dom.uuid, args.dom.name, std::move(change), impact_of(args.flags));
}

awaitable<void> SettingCalls::pin_iothread(Session& session, protocol::DomainPinIothreadArgs args) {
    check_flags(args.flags, impact_flags, "virDomainPinIOThread");
    if (args.iothreads_id == 0) throw invalid("iothreads are counted from 1");
    hypervisor::PinChange change{ThreadKind::IoThread, args.iothreads_id, cpus_of(args.cpumap.data)};
    return driver_of(session).set_pin(args.dom.uuid, args.dom.name, std::move(change), impact_of(args.flags));
}

void SettingCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = SettingCalls;
    dispatcher.on<&C::metadata>(protocol::domain_get_metadata, *this);
    dispatcher.on<&C::set_metadata>(protocol::domain_set_metadata, *this);
    dispatcher.on<&C::set_max_memory>(protocol::domain_set_max_memory, *this);
    dispatcher.on<&C::set_memory>(protocol::domain_set_memory, *this);
    dispatcher.on<&C::set_memory_flags>(protocol::domain_set_memory_flags, *this);
    dispatcher.on<&C::set_statistics_period>(protocol::domain_set_memory_stats_period, *this);
    dispatcher.on<&C::set_vcpus>(protocol::domain_set_vcpus, *this);
    dispatcher.on<&C::set_vcpus_flags>(protocol::domain_set_vcpus_flags, *this);
    dispatcher.on<&C::vcpus>(protocol::domain_get_vcpus_flags, *this);
    dispatcher.on<&C::pin_vcpu>(protocol::domain_pin_vcpu, *this);
    dispatcher.on<&C::pin_vcpu_flags>(protocol::domain_pin_vcpu_flags, *this);
    dispatcher.on<&C::pin_emulator>(protocol::domain_pin_emulator, *this);
    dispatcher.on<&C::pin_iothread>(protocol::domain_pin_iothread, *this);
}

} // namespace vireo::daemon
