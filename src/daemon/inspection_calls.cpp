// SPDX-License-Identifier: Apache-2.0
#include "daemon/inspection_calls.hpp"

#include "async/blocking.hpp"
#include "base/error.hpp"
#include "host/affinity.hpp"
#include "host/usage.hpp"
#include "hypervisor/definition.hpp"
#include "model/domain/cpu_set.hpp"
#include "model/domain/edit.hpp"

#include <fmt/format.h>

namespace vireo::daemon {

namespace {
constexpr std::uint32_t live = 1, persistent = 2;                // virDomainModificationImpact
constexpr std::uint32_t virtual_memory = 1, physical_memory = 2; // virDomainMemoryFlags
constexpr std::uint32_t most_bytes = decltype(protocol::DomainMemoryPeekRet::buffer)::limit;

Error invalid(const std::string& what) { return {ErrorCode::InvalidArgument, ErrorDomain::Domain, what}; }

void require_size(std::uint32_t size) {
    if (size == 0 || size > most_bytes)
        throw invalid(fmt::format("{} bytes cannot be looked at in one go: 1 to {}", size, most_bytes));
}

/// By number, whether a processor of the host is online: what is not pinned may use it.
awaitable<std::vector<bool>> online_processors() {
    auto read = [] { return host::read_cpu_map(); };
    auto map = co_await async::blocking(std::move(read));
    std::vector<bool> online(map.present.empty() ? 1 : map.present.back() + 1);
    for (auto number : map.online)
        if (number < online.size()) online[number] = true;
    co_return online;
}

using Processors = std::vector<bool>;
using model::domain::ThreadKind;

awaitable<model::domain::Domain> read_definition(hypervisor::DomainSnapshotPtr domain) {
    return hypervisor::parse_text(domain->persistent_definition, model::domain::Scope::Definition);
}

/// "0-3,8" of as many processors as `all` has; where the definition says nothing, `all`.
Processors chosen_of(const Processors& all, const std::string& cpus) {
    if (cpus.empty()) return all;
    Processors chosen(all.size());
    for (auto number : model::domain::members_of_cpu_set(cpus))
        if (number < chosen.size()) chosen[number] = true;
    return chosen;
}

Processors pinned(const Processors& all, const model::domain::Domain& definition,
                  model::domain::ThreadKind kind, std::uint32_t number) {
    return chosen_of(all, pinned_cpus(definition, kind, number));
}

awaitable<std::vector<hypervisor::IoThreadStatus>> defined_iothreads(hypervisor::DomainSnapshotPtr domain) {
    auto definition = co_await read_definition(domain);
    auto online = co_await online_processors();
    std::vector<hypervisor::IoThreadStatus> threads;
    for (auto number : iothread_numbers(definition))
        threads.push_back({number, pinned(online, definition, ThreadKind::IoThread, number)});
    co_return threads;
}

/// Of each vcpu by its number: where it runs, or may come to run.
awaitable<std::vector<Processors>> defined_vcpus(hypervisor::DomainSnapshotPtr domain) {
    auto definition = co_await read_definition(domain);
    auto online = co_await online_processors();
    std::vector<Processors> maps;
    for (std::uint32_t number = 0; number < definition.vcpus.maximum; ++number)
        maps.push_back(pinned(online, definition, ThreadKind::Vcpu, number));
    co_return maps;
}

awaitable<std::vector<Processors>> running_vcpus(rpc::Session& session,
                                                 hypervisor::DomainSnapshotPtr domain) {
    auto online = co_await online_processors();
    std::vector<Processors> maps(domain->max_vcpus, online);
    auto present = co_await driver_of(session).vcpus(domain->uuid, domain->name);
    for (auto& vcpu : present)
        if (vcpu.number < maps.size()) maps[vcpu.number] = std::move(vcpu.affinity);
    co_return maps;
}

/// Throws when both are asked for, or what is not there.
hypervisor::Impact resolve_one(std::uint32_t flags, const hypervisor::DomainSnapshot& domain) {
    if (flags == (live | persistent))
        throw invalid("the running guest or its definition is asked for, not both");
    hypervisor::Impact asked{.live = (flags & live) != 0, .persistent = (flags & persistent) != 0};
    return hypervisor::resolve(asked, domain);
}

/// Bit n%8 of byte n/8 is processor n.
std::string bitmap_of(const std::vector<bool>& processors) {
    constexpr std::size_t bits = 8;
    std::string map((processors.size() + bits - 1) / bits, '\0');
    for (std::size_t i = 0; i < processors.size(); ++i)
        if (processors[i]) map[i / bits] = static_cast<char>(map[i / bits] | 1 << i % bits);
    return map;
}
} // namespace

awaitable<protocol::DomainMemoryPeekRet> InspectionCalls::memory(Session& session,
                                                                 protocol::DomainMemoryPeekArgs args) {
    check_flags(args.flags, virtual_memory | physical_memory, "virDomainMemoryPeek");
    if (args.flags != virtual_memory && args.flags != physical_memory)
        throw invalid("memory is looked at by virtual (1) or by physical (2) address");
    require_size(args.size);
    hypervisor::MemoryRange range{args.offset, args.size, args.flags == physical_memory};
    protocol::DomainMemoryPeekRet answer;
    answer.buffer.data = co_await driver_of(session).read_memory(args.dom.uuid, args.dom.name, range);
    co_return answer;
}

awaitable<protocol::DomainBlockPeekRet> InspectionCalls::disk(Session& session,
                                                              protocol::DomainBlockPeekArgs args) {
    check_flags(args.flags, 0, "virDomainBlockPeek");
    require_size(args.size);
    if (args.offset > INT64_MAX) throw invalid(fmt::format("no disk has {} bytes", args.offset));
    protocol::DomainBlockPeekRet answer;
    answer.buffer.data = co_await driver_of(session).read_disk(args.dom.uuid, args.dom.name,
                                                               std::move(args.path), args.offset, args.size);
    co_return answer;
}

awaitable<protocol::DomainGetIothreadInfoRet>
InspectionCalls::iothreads(Session& session, protocol::DomainGetIothreadInfoArgs args) {
    check_flags(args.flags, live | persistent, "virDomainGetIOThreadInfo");
    auto domain = require_domain(session, args.dom);
    auto impact = resolve_one(args.flags, *domain);
    std::vector<hypervisor::IoThreadStatus> threads;
    if (impact.live)
        threads = co_await driver_of(session).iothreads(args.dom.uuid, args.dom.name);
    else
        threads = co_await defined_iothreads(domain);
    protocol::DomainGetIothreadInfoRet answer;
    for (const auto& thread : threads) {
        auto& told = answer.info.emplace_back();
        told.iothread_id = thread.id;
        told.cpumap.data = bitmap_of(thread.affinity);
    }
    answer.ret = static_cast<std::uint32_t>(answer.info.size());
    co_return answer;
}

awaitable<protocol::DomainGetVcpuPinInfoRet>
InspectionCalls::vcpu_pins(Session& session, protocol::DomainGetVcpuPinInfoArgs args) {
    check_flags(args.flags, live | persistent, "virDomainGetVcpuPinInfo");
    auto domain = require_domain(session, args.dom);
    auto impact = resolve_one(args.flags, *domain);
    constexpr auto limit = decltype(protocol::DomainGetVcpuPinInfoRet::cpumaps)::limit;
    auto length = static_cast<std::size_t>(std::max(args.maplen, 0));
    auto count = static_cast<std::size_t>(std::max(args.ncpumaps, 0));
    if (length > 0 && count > limit / length)
        throw invalid(fmt::format("{} maps of {} bytes are too many", count, length));
    std::vector<Processors> maps;
    if (impact.live)
        maps = co_await running_vcpus(session, domain);
    else
        maps = co_await defined_vcpus(domain);
    if (maps.size() > count) maps.resize(count);
    protocol::DomainGetVcpuPinInfoRet answer;
    answer.num = static_cast<std::int32_t>(maps.size());
    for (const auto& map : maps) {
        auto bytes = bitmap_of(map);
        bytes.resize(length);
        answer.cpumaps.data += bytes;
    }
    co_return answer;
}

awaitable<protocol::DomainGetEmulatorPinInfoRet>
InspectionCalls::emulator_pin(Session& session, protocol::DomainGetEmulatorPinInfoArgs args) {
    check_flags(args.flags, live | persistent, "virDomainGetEmulatorPinInfo");
    auto domain = require_domain(session, args.dom);
    auto impact = resolve_one(args.flags, *domain);
    auto map = host::affinity_of(domain->process);
    if (!impact.live) {
        auto definition = co_await read_definition(domain);
        auto online = co_await online_processors();
        map = pinned(online, definition, ThreadKind::Emulator, 0);
    }
    constexpr std::int32_t longest = decltype(protocol::DomainGetEmulatorPinInfoRet::cpumaps)::limit;
    auto bytes = bitmap_of(map);
    bytes.resize(static_cast<std::size_t>(std::clamp(args.maplen, 0, longest)));
    protocol::DomainGetEmulatorPinInfoRet answer;
    answer.cpumaps.data = std::move(bytes);
    answer.ret = 1;
    co_return answer;
}

/// No guest is confined by labels yet.
protocol::DomainGetSecurityLabelListRet
InspectionCalls::labels(Session& session, protocol::DomainGetSecurityLabelListArgs args) {
    require_domain(session, args.dom);
    return {};
}

void InspectionCalls::bind(rpc::Dispatcher& dispatcher) {
    using C = InspectionCalls;
    dispatcher.on<&C::memory>(protocol::domain_memory_peek, *this);
    dispatcher.on<&C::disk>(protocol::domain_block_peek, *this);
    dispatcher.on<&C::iothreads>(protocol::domain_get_iothread_info, *this);
    dispatcher.on<&C::vcpu_pins>(protocol::domain_get_vcpu_pin_info, *this);
    dispatcher.on<&C::emulator_pin>(protocol::domain_get_emulator_pin_info, *this);
    dispatcher.on<&C::labels>(protocol::domain_get_security_label_list, *this);
}

} // namespace vireo::daemon
