// SPDX-License-Identifier: Apache-2.0
// Work on the disks of a running guest. A job goes on while no daemon runs and stays, concluded, until one
// has seen how it ended: whoever is connected then tells it, writes down the new chain and dismisses the job.
#include "base/log.hpp"
#include "model/domain/xml.hpp"
#include "qemu/block_jobs/disk_chain.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;
using hypervisor::BlockJobStatus;
using hypervisor::BlockJobType;

namespace {
constexpr log::Source log{"qemu.block_jobs"};
constexpr std::string_view pull_prefix = "pull-"; // of the names of jobs; the disk's follows
/// virConnectDomainEventBlockJobStatus
constexpr std::int32_t job_completed = 0, job_failed = 1, job_canceled = 2;
constexpr std::chrono::seconds end_patience{30};

std::string job_of(const std::string& target) { return std::string{pull_prefix} + target; }

/// The jobs in an answer that are ours.
std::vector<json::object> ours_in(const json::value& answer, std::string_view name_key) {
    std::vector<json::object> jobs;
    const auto* list = answer.if_array();
    if (list == nullptr) return jobs;
    for (const auto& each : *list)
        if (const auto* job = each.if_object();
            job != nullptr && json::find_text(*job, name_key).value_or("").starts_with(pull_prefix))
            jobs.push_back(*job);
    return jobs;
}

std::uint64_t count(const json::object& from, std::string_view key) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(json::find_number(from, key).value_or(0), 0));
}

std::optional<BlockJobStatus> find_status(const json::value& answer, const std::string& id) {
    for (const auto& job : ours_in(answer, "device"))
        if (json::find_text(job, "device") == id)
            return BlockJobStatus{BlockJobType::Pull, count(job, "speed"), count(job, "offset"),
                                  count(job, "len")};
    return std::nullopt;
}

Error no_job(const std::string& disk) {
    return error(ErrorCode::OperationInvalid, fmt::format("no block job is active on disk '{}'", disk));
}

/// Drops the images of a definition that QEMU has not below the topmost any more.
void shorten(Disk& disk, const std::vector<std::string>& files) {
    auto* stores = &disk.backing_store;
    auto is_below = [&files](const BackingStore& store) {
        return std::find(files.begin() + 1, files.end(), store.source) != files.end();
    };
    while (!stores->empty() && stores->front().type && !is_below(stores->front())) {
        auto next = std::move(stores->front().next);
        *stores = std::move(next);
    }
    if (files.size() == 1) *stores = {BackingStore{}}; // which says that there is none
}
} // namespace

/// A disk of the live definition, and what QEMU has for it.
struct QemuDriver::LiveDisk {
    Disk disk;
    DiskChain chain;
};

awaitable<QemuDriver::LiveDisk> QemuDriver::live_disk(DomainPtr domain, std::string wanted) {
    auto monitor = co_await require_monitor(domain);
    auto live = co_await read_live(domain);
    auto is_it = [&](const Disk& disk) {
        return disk.target == wanted || (!wanted.empty() && disk.source == wanted);
    };
    auto found = std::ranges::find_if(live.devices.disks, is_it);
    if (found == live.devices.disks.end())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has no disk '{}'", domain->durable.name, wanted));
    auto blocks = co_await monitor->execute("query-block", options_.monitor_deadline);
    auto chain = chain_of(blocks, found->info.alias);
    if (!chain)
        throw error(ErrorCode::OperationInvalid, fmt::format("disk '{}' of domain '{}' has no image",
                                                             found->target, domain->durable.name));
    LiveDisk disk{std::move(*found), std::move(*chain)};
    co_return disk;
}

awaitable<void> QemuDriver::command_disk(DomainPtr domain, std::string disk, std::string command,
                                         json::object arguments) {
    auto found = co_await live_disk(domain, std::move(disk));
    auto monitor = co_await require_monitor(domain);
    auto node = found.chain.node;
    constexpr std::string_view format_suffix = "-format";
    if (command == "block-set-write-threshold" && node.ends_with(format_suffix)) // where it is stored
        node.replace(node.size() - format_suffix.size(), format_suffix.size(), "-storage");
    arguments["node-name"] = node;
    co_await monitor->execute(std::move(command), std::move(arguments), options_.monitor_deadline);
}

awaitable<void> QemuDriver::resize_disk(Uuid uuid, std::string name, std::string disk, MemorySize size) {
    auto domain = require(uuid, name);
    require_active(*domain);
    auto job = co_await begin(domain, async::JobKind::Modify, "resize_disk");
    json::object arguments{{"size", size.in_bytes()}};
    co_await job.run(command_disk(domain, std::move(disk), "block_resize", std::move(arguments)));
}

awaitable<void> QemuDriver::set_disk_threshold(Uuid uuid, std::string name, std::string disk,
                                               std::uint64_t bytes) {
    auto domain = require(uuid, name);
    require_active(*domain);
    auto job = co_await begin(domain, async::JobKind::Modify, "set_disk_threshold");
    json::object arguments{{"write-threshold", bytes}};
    co_await job.run(
        command_disk(domain, std::move(disk), "block-set-write-threshold", std::move(arguments)));
}

void QemuDriver::take_threshold(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event) {
    const auto* disk = run->disk_nodes.find(json::find_text(event.data, "node-name").value_or(""));
    if (disk == nullptr) return;
    std::optional<std::string> path;
    if (!disk->source.empty()) path = disk->source;
    tell(domain, hypervisor::DomainBlockThreshold{disk->target, path, count(event.data, "write-threshold"),
                                                  count(event.data, "amount-exceeded")});
}

awaitable<void> QemuDriver::pull_disk(Uuid uuid, std::string name, std::string disk,
                                      hypervisor::BlockPull pull) {
    auto domain = require(uuid, name);
    require_active(*domain);
    auto job = co_await begin(domain, async::JobKind::Modify, "pull_disk");
    co_await job.run(start_pull(domain, std::move(disk), std::move(pull)));
}

awaitable<void> QemuDriver::start_pull(DomainPtr domain, std::string wanted, hypervisor::BlockPull pull) {
    auto disk = co_await live_disk(domain, wanted);
    auto base = disk.chain.find_below(disk.disk.target, pull.base);
    auto monitor = co_await require_monitor(domain);
    auto id = job_of(disk.disk.target);
    auto jobs = co_await monitor->execute("query-jobs", options_.monitor_deadline);
    for (const auto& job : ours_in(jobs, "id"))
        if (json::find_text(job, "id") == id)
            throw error(ErrorCode::BlockCopyActive,
                        fmt::format("disk '{}' of domain '{}' has a block job already", disk.disk.target,
                                    domain->durable.name));
    json::object arguments{{"job-id", id}, {"device", disk.chain.node}, {"auto-dismiss", false}};
    if (base) arguments["base"] = *base;
    if (pull.bandwidth != 0) arguments["speed"] = pull.bandwidth;
    domain->run->block_jobs_given_up.erase(id);
    co_await monitor->execute("block-stream", std::move(arguments), options_.monitor_deadline);
    log.info("{}: images below disk {} are copied into it", domain->durable.name, disk.disk.target);
}

awaitable<std::optional<BlockJobStatus>> QemuDriver::block_job(Uuid uuid, std::string name,
                                                               std::string disk) {
    auto domain = require(uuid, name);
    require_active(*domain);
    auto job = co_await begin(domain, async::JobKind::Query, "block_job");
    auto found = co_await live_disk(domain, std::move(disk));
    auto monitor = co_await require_monitor(domain);
    auto jobs = co_await monitor->execute("query-block-jobs", options_.monitor_deadline);
    co_return find_status(jobs, job_of(found.disk.target));
}

awaitable<void> QemuDriver::set_block_job_bandwidth(Uuid uuid, std::string name, std::string disk,
                                                    std::uint64_t bandwidth) {
    auto domain = require(uuid, name);
    require_active(*domain);
    auto found = co_await live_disk(domain, disk);
    auto monitor = co_await require_monitor(domain);
    auto id = job_of(found.disk.target);
    auto jobs = co_await monitor->execute("query-block-jobs", options_.monitor_deadline);
    if (!find_status(jobs, id)) throw no_job(found.disk.target);
    json::object arguments{{"device", id}, {"speed", bandwidth}};
    co_await monitor->execute("block-job-set-speed", std::move(arguments), options_.monitor_deadline);
}

awaitable<void> QemuDriver::end_block_job(Uuid uuid, std::string name, std::string disk,
                                          hypervisor::BlockJobEnd how) {
    auto domain = require(uuid, name);
    require_active(*domain);
    if (how.pivot)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("what is copied into disk '{}' has no copy that the guest could go on with", disk));
    co_await stop_block_job(domain, std::move(disk), how);
}

awaitable<void> QemuDriver::stop_block_job(DomainPtr domain, std::string wanted,
                                           hypervisor::BlockJobEnd how) {
    auto found = co_await live_disk(domain, wanted);
    auto monitor = co_await require_monitor(domain);
    auto run = domain->run;
    auto deadline = options_.monitor_deadline;
    auto id = job_of(found.disk.target);
    auto jobs = co_await monitor->execute("query-block-jobs", deadline);
    if (!find_status(jobs, id)) throw no_job(found.disk.target);
    run->block_jobs_given_up.insert(id);
    json::object arguments{{"device", id}};
    co_await monitor->execute("block-job-cancel", std::move(arguments), deadline);
    auto until = std::chrono::steady_clock::now() + end_patience;
    while (!how.at_once && domain->run == run) {
        run->block_job_ended.take_back();
        auto left = co_await monitor->execute("query-jobs", deadline);
        auto is_it = [&id](const json::object& job) { return json::find_text(job, "id") == id; };
        if (!std::ranges::any_of(ours_in(left, "id"), is_it)) co_return;
        auto patience =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (patience.count() <= 0)
            throw error(
                ErrorCode::OperationTimeout,
                fmt::format("the job of disk '{}' was given up, but does not end", found.disk.target));
        co_await run->block_job_ended.wait(patience);
    }
}

void QemuDriver::take_job_status(const DomainPtr& domain, const RunPtr& run, const MonitorEvent& event) {
    bool ours = json::find_text(event.data, "id").value_or("").starts_with(pull_prefix);
    if (!ours || json::find_text(event.data, "status") != "concluded") return;
    run->block_jobs_changed = true;
    spawn(look_at_block_jobs(domain, run));
}

/// Sees to all jobs that have ended; one task of a run does.
awaitable<void> QemuDriver::look_at_block_jobs(DomainPtr domain, RunPtr run) {
    if (std::exchange(run->concluding_block_jobs, true)) co_return;
    struct Finish {
        RunPtr run;
        ~Finish() { run->concluding_block_jobs = false; }
    } finish{run};
    std::string failure;
    try {
        co_await conclude_block_jobs(domain, run);
    } catch (const Error& error) { failure = error.what(); }
    if (!failure.empty()) // the next connection looks again
        log.warning("{}: how a job of its disks ended is not known: {}", domain->durable.name, failure);
}

awaitable<void> QemuDriver::conclude_block_jobs(DomainPtr domain, RunPtr run) {
    for (bool any = true; (any || run->block_jobs_changed) && run->monitor;) {
        auto monitor = run->monitor;
        run->block_jobs_changed = false;
        auto answer = co_await monitor->execute("query-jobs", options_.monitor_deadline);
        any = false;
        for (const auto& job : ours_in(answer, "id")) {
            if (json::find_text(job, "status") != "concluded") continue;
            any = true; // others may have ended meanwhile
            co_await conclude_block_job(domain, run, job);
        }
    }
}

awaitable<void> QemuDriver::conclude_block_job(DomainPtr domain, RunPtr run, json::object job) {
    auto id = std::string{json::find_text(job, "id").value_or("")};
    auto target = id.substr(pull_prefix.size());
    auto failure = json::find_text(job, "error");
    auto status = job_completed;
    if (failure) status = job_failed;
    if (run->block_jobs_given_up.erase(id) > 0 && failure) status = job_canceled;
    auto disk = co_await live_disk(domain, target);
    if (status == job_completed) {
        std::function<void(Model&)> change{[&disk](Model& model) {
            for (auto& known : model.devices.disks)
                if (known.target == disk.disk.target && known.source == disk.disk.source)
                    shorten(known, disk.chain.files);
        }};
        Scopes both{true, bool{domain->durable.definition}};
        co_await change_texts(domain, both, std::move(change));
    }
    json::object arguments{{"id", id}};
    co_await run->monitor->execute("job-dismiss", std::move(arguments), options_.monitor_deadline);
    log.info("{}: the job of disk {} ended: {}", domain->durable.name, target,
             failure.value_or("all is done"));
    auto type = static_cast<std::int32_t>(BlockJobType::Pull);
    tell(domain, hypervisor::DomainBlockJob{disk.disk.source, target, type, status});
    run->block_job_ended.give();
}

} // namespace vireo::qemu
