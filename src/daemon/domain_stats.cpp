// SPDX-License-Identifier: Apache-2.0
#include "daemon/domain_stats.hpp"

#include "async/process.hpp"
#include "daemon/connection.hpp"

namespace vireo::daemon {

namespace {
enum Group : std::uint32_t { State = 1, CpuTotal = 2, Balloon = 4, Vcpu = 8, Block = 32 };

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
} // namespace

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
        if (auto used = async::cpu_time(domain.process))
            add("cpu.time", static_cast<std::uint64_t>(used->count()));
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
