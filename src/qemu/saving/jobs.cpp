// SPDX-License-Identifier: Apache-2.0
// What clients ask and want of a domain's long job.
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::DomainState;
using hypervisor::JobStatistics;
using hypervisor::JobType;

namespace {
JobStatistics shown(const LongJob& job) {
    using std::chrono::steady_clock;
    auto statistics = job.statistics;
    statistics.elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - job.began);
    return statistics;
}
} // namespace

void QemuDriver::require_steady(const ManagedDomain& domain) {
    require_active(domain);
    auto state = domain.state.state;
    if (state != DomainState::Running && state != DomainState::Paused)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("domain '{}' neither runs nor is paused: it sleeps, is powered off or has crashed",
                        domain.durable.name));
    if (domain.run->record.job)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("an earlier {} of domain '{}' is being undone until its QEMU answers",
                                name_of(domain.run->record.job->kind), domain.durable.name));
}

void QemuDriver::begin_long_job(const DomainPtr& domain, hypervisor::JobOperation operation) {
    domain->job.emplace();
    domain->job->statistics.type = JobType::Unbounded;
    domain->job->statistics.operation = operation;
}

void QemuDriver::end_long_job(const DomainPtr& domain, bool completed) {
    auto job = std::exchange(domain->job, std::nullopt);
    if (!job || !completed) return;
    auto statistics = shown(*job);
    statistics.type = JobType::Completed;
    tell(domain, hypervisor::DomainJobCompleted{parameters_of(statistics)});
    domain->completed_job = std::move(statistics);
}

JobStatistics QemuDriver::job(const Uuid& uuid, std::string_view name, bool completed, bool keep) {
    auto domain = require(uuid, name);
    if (completed) {
        auto last = domain->completed_job.value_or(JobStatistics{});
        if (!keep) domain->completed_job.reset();
        return last;
    }
    require_active(*domain);
    return domain->job ? shown(*domain->job) : JobStatistics{};
}

std::vector<hypervisor::QueuedJob> QemuDriver::queue(const Uuid& uuid, std::string_view name) {
    auto domain = require(uuid, name);
    std::vector<hypervisor::QueuedJob> all;
    auto now = std::chrono::system_clock::now();
    auto add = [&](const std::vector<async::JobInfo>& jobs, bool waits) {
        for (const auto& job : jobs)
            all.push_back({job.name, std::string{name_of(job.kind)}, waits,
                           std::chrono::duration_cast<std::chrono::milliseconds>(now - job.started)});
    };
    add(domain->jobs.running(), false);
    add(domain->jobs.waiters(), true);
    return all;
}

awaitable<void> QemuDriver::abort_job(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    require_active(*domain);
    if (!domain->job)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("no job is active on domain '{}'", domain->durable.name));
    co_await begin(domain, async::JobKind::Abort, "abort"); // which cancels it
}

} // namespace vireo::qemu
