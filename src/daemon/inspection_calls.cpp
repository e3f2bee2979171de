// SPDX-License-Identifier: Apache-2.0
#include "daemon/inspection_calls.hpp"

#include "async/blocking.hpp"
#include "base/error.hpp"
#include "host/usage.hpp"
#include "hypervisor/definition.hpp"

#include <fmt/format.h>

#include <set>

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

/// The numbers of a definition's threads: those that it names, and the lowest that are free for the rest.
std::set<std::uint32_t> iothread_numbers(const model::domain::Domain& definition) {
    std::set<std::uint32_t> numbers;
    for (const auto& thread : definition.iothreads) numbers.insert(thread.id);
    for (std::uint32_t next = 1; numbers.size() < definition.iothread_count; ++next) numbers.insert(next);
    return numbers;
}

/// Those that are not defined to be elsewhere run on any processor that is online.
awaitable<std::vector<hypervisor::IoThreadStatus>> defined_iothreads(hypervisor::DomainSnapshotPtr domain) {
    auto definition =
        co_await hypervisor::parse_text(domain->persistent_definition, model::domain::Scope::Definition);
    auto read = [] { return host::read_cpu_map(); };
    auto map = co_await async::blocking(std::move(read));
    std::vector<bool> online(map.present.empty() ? 1 : map.present.back() + 1);
    for (auto number : map.online)
        if (number < online.size()) online[number] = true;
    std::vector<hypervisor::IoThreadStatus> threads;
    for (auto number : iothread_numbers(definition)) threads.push_back({number, online});
    co_return threads;
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
    if (args.flags == (live | persistent))
        throw invalid("the running guest or its definition is asked for, not both");
    auto domain = require_domain(session, args.dom);
    hypervisor::Impact asked{.live = (args.flags & live) != 0, .persistent = (args.flags & persistent) != 0};
    auto impact = hypervisor::resolve(asked, *domain);
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
    dispatcher.on<&C::labels>(protocol::domain_get_security_label_list, *this);
}

} // namespace vireo::daemon
