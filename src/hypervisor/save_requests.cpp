// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/save_requests.hpp"

namespace vireo::hypervisor {

std::vector<protocol::TypedParameter> parameters_of(const JobStatistics& job) {
    std::vector<protocol::TypedParameter> list;
    if (job.type == JobType::None) return list;
    auto add = [&list](const char* name, std::uint64_t value) { list.push_back({name, value}); };
    list.push_back({"operation", static_cast<std::int32_t>(job.operation)});
    add("time_elapsed", static_cast<std::uint64_t>(job.elapsed.count()));
    for (const char* kind : {"data", "memory"}) {
        auto of = [kind](const char* what) { return std::string{kind} + what; };
        list.push_back({of("_total"), job.total});
        list.push_back({of("_processed"), job.processed});
        list.push_back({of("_remaining"), job.remaining});
    }
    list.insert(list.end(), job.details.begin(), job.details.end());
    return list;
}

} // namespace vireo::hypervisor
