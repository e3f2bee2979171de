// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain_stats.hpp"

#include "async/process.hpp"
#include "async/task_group.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "daemon/connection.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <array>

namespace vireo::daemon {

namespace {
constexpr log::Source log{"daemon"};
enum Group : std::uint32_t { State = 1, CpuTotal = 2, Balloon = 4, Vcpu = 8, Block = 32 };
/// For all that one guest is asked. With NOWAIT: for a monitor that answers at once.
constexpr std::chrono::milliseconds patience{5'000}, short_patience{250};

/// What a definition tells of its disks; what a running guest does with them is for its driver to say.
void add_disks(protocol::DomainStatsRecord& record, const std::vector<hypervisor::DiskSummary>& disks) {
    record.params.push_back({"block.count", static_cast<std::uint32_t>(disks.size())});
    for (std::size_t number = 0; number < disks.size(); ++number) {
        const auto& [target, source] = disks[number];
        auto prefix = "block." + std::to_string(number);
        record.params.push_back({prefix + ".name", target});
        if (!source.empty()) record.params.push_back({prefix + ".path", source});
    }
}

/// The order of the groups in an answer.
std::size_t rank_of(const protocol::TypedParameter& parameter) {
    static constexpr std::array<std::string_view, 9> order{"state.", "cpu.",  "balloon.",  "vcpu.",  "net.",
                                                           "block.", "perf.", "iothread.", "memory."};
    auto is_prefix = [&](std::string_view prefix) { return parameter.field.starts_with(prefix); };
    return static_cast<std::size_t>(std::ranges::find_if(order, is_prefix) - order.begin());
}

/// What the driver tells of one guest; nothing when it fails. (A failure must not leave it: a race of
/// awaitables goes on until one of them succeeds.)
awaitable<std::vector<protocol::TypedParameter>>
ask(hypervisor::Driver& driver, const protocol::DomainHandle& domain, std::uint32_t groups) {
    try {
        co_return co_await driver.statistics(domain.uuid, domain.name, groups);
    } catch (const Error& error) { log.debug("{}: no statistics: {}", domain.name, error.what()); }
    co_return std::vector<protocol::TypedParameter>{};
}

awaitable<void> measure(hypervisor::Driver& driver, protocol::DomainStatsRecord* record, std::uint32_t groups,
                        std::chrono::milliseconds limit) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer alarm{co_await asio::this_coro::executor, limit};
    auto work = ask(driver, record->dom, groups);
    auto first = co_await (std::move(work) || alarm.async_wait(asio::use_awaitable));
    auto* measured = std::get_if<0>(&first);
    if (measured == nullptr) co_return log.debug("{}: statistics take too long", record->dom.name);
    std::ranges::move(*measured, std::back_inserter(record->params));
    std::ranges::stable_sort(record->params, {}, rank_of);
}
} // namespace

awaitable<MeasuredRecords> measure_running(hypervisor::Driver& driver,
                                           const std::vector<hypervisor::DomainSnapshotPtr>& domains,
                                           std::uint32_t groups, bool patient) {
    MeasuredRecords records;
    if ((groups & driver.statistics_groups()) == 0) co_return records;
    for (const auto& domain : domains)
        if (domain->active()) records.emplace(domain->uuid, stats_of(*domain, groups));
    if (records.empty()) co_return records;
    async::TaskGroup tasks{co_await asio::this_coro::executor};
    for (auto& [uuid, record] : records)
        tasks.spawn(measure(driver, &record, groups, patient ? patience : short_patience));
    std::exception_ptr interrupted;
    try {
        co_await tasks.join();
    } catch (...) { interrupted = std::current_exception(); }
    if (interrupted) { // the tasks write into the records: they end first
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await tasks.stop();
        std::rethrow_exception(interrupted);
    }
    co_return records;
}

protocol::DomainStatsRecord stats_of(const hypervisor::DomainSnapshot& domain, std::uint32_t groups) {
    protocol::DomainStatsRecord record;
    record.dom = handle_of(domain);
    auto add = [&](std::string_view name, protocol::TypedValue value) {
        record.params.push_back({std::string{name}, std::move(value)});
    };
    if ((groups & State) != 0) {
        add("state.state", static_cast<std::int32_t>(domain.state.state));
        add("state.reason", domain.state.reason);
    }
    if ((groups & CpuTotal) != 0 && domain.process > 0)
        if (auto used = async::cpu_times(domain.process)) {
            add("cpu.time", static_cast<std::uint64_t>((used->user + used->system).count()));
            add("cpu.user", static_cast<std::uint64_t>(used->user.count()));
            add("cpu.system", static_cast<std::uint64_t>(used->system.count()));
        }
    if ((groups & Balloon) != 0) {
        add("balloon.current", domain.memory.in_kib());
        add("balloon.maximum", domain.max_memory.in_kib());
    }
    if ((groups & Vcpu) != 0) {
        add("vcpu.current", domain.vcpus);
        add("vcpu.maximum", domain.max_vcpus);
    }
    if ((groups & Block) != 0 && !domain.active() && domain.persistent_definition)
        add_disks(record, domain.persistent_definition->disks);
    return record;
}

} // namespace vireo::daemon
