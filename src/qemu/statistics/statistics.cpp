// SPDX-License-Identifier: Apache-2.0
// What is measured of running guests. None of it is a job: it changes nothing, QEMU answers such questions
// beside any work, and a guest that is stuck in a job shall not hide its figures.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "model/domain/xml.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/statistics/process_times.hpp"
#include "qemu/statistics/sources.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu"};

struct Group {
    std::uint32_t bit; ///< virDomainStatsTypes
    awaitable<void> (*add)(const Subject&, Statistics&);
};
constexpr Group groups[] = {{2, add_processor},   {4, add_balloon}, {8, add_vcpus},
                            {16, add_interfaces}, {32, add_blocks}, {128, add_iothreads},
                            {512, add_dirty_rate}};
/// Of which no guest has anything: counters of perf(1), of memory bandwidth, and KVM's own.
constexpr std::uint32_t empty_groups = 64 | 256 | 1024;
} // namespace

std::uint32_t QemuDriver::statistics_groups() const {
    auto all = empty_groups;
    for (const auto& group : groups) all |= group.bit;
    return all;
}

awaitable<Subject> QemuDriver::subject_of(DomainPtr domain) {
    auto live = co_await read_live(domain);
    auto monitor = co_await require_monitor(domain);
    co_return Subject{monitor, options_.monitor_deadline, std::move(live), domain->run->process.pid()};
}

awaitable<std::vector<protocol::TypedParameter>> QemuDriver::statistics(Uuid uuid, std::string name,
                                                                        std::uint32_t wanted) {
    auto subject = co_await subject_of(require(uuid, name));
    Statistics all;
    for (const auto& group : groups) {
        if ((wanted & group.bit) == 0) continue;
        try {
            co_await group.add(subject, all);
        } catch (const Error& failure) { // not every QEMU and machine has all
            if (failure.code != ErrorCode::OperationFailed || !subject.monitor->is_open()) throw;
            log.debug("{}: {}", subject.live.name, failure.what());
        }
    }
    co_return all.take();
}

awaitable<std::vector<hypervisor::VcpuStatus>> QemuDriver::vcpus(Uuid uuid, std::string name) {
    auto subject = co_await subject_of(require(uuid, name));
    auto threads = co_await vcpu_threads(subject);
    auto work = [process = subject.process, &threads] {
        std::vector<hypervisor::VcpuStatus> all;
        for (const auto& [number, thread] : threads)
            if (auto times = thread_times(process, thread))
                all.push_back({number, 1, times->used, times->processor, std::move(times->affinity)});
        return all;
    };
    co_return co_await async::blocking(std::move(work));
}

awaitable<std::vector<hypervisor::IoThreadStatus>> QemuDriver::iothreads(Uuid uuid, std::string name) {
    auto subject = co_await subject_of(require(uuid, name));
    auto threads = co_await io_threads(subject);
    auto work = [process = subject.process, &threads] {
        std::vector<hypervisor::IoThreadStatus> all;
        for (const auto& [id, thread] : threads)
            if (auto times = thread_times(process, thread)) all.push_back({id, std::move(times->affinity)});
        return all;
    };
    co_return co_await async::blocking(std::move(work));
}

awaitable<std::vector<hypervisor::DiskFault>> QemuDriver::disk_faults(Uuid uuid, std::string name) {
    auto subject = co_await subject_of(require(uuid, name));
    auto known = co_await ask_blocks(subject);
    std::vector<hypervisor::DiskFault> faults;
    for (const auto& disk : subject.live.devices.disks) {
        const auto& status = known[disk.info.alias].io_status;
        if (status == "failed" || status == "nospace") faults.push_back({disk.target, status == "nospace"});
    }
    co_return faults;
}

awaitable<hypervisor::BlockSizes> QemuDriver::block_sizes(Uuid uuid, std::string name, std::string disk) {
    auto subject = co_await subject_of(require(uuid, name));
    const auto& disks = subject.live.devices.disks;
    auto found = std::ranges::find_if(disks, [&](const auto& each) {
        return each.target == disk || (!disk.empty() && each.source == disk);
    });
    if (found == disks.end())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has no disk '{}'", subject.live.name, disk));
    bool is_file = found->type == model::domain::DiskType::File;
    if (is_file && found->source.empty())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("disk '{}' of domain '{}' has no medium", found->target, subject.live.name));
    auto device = (co_await ask_blocks(subject))[found->info.alias];
    if (is_file) { // QEMU counts it in whole sectors
        auto size = [path = found->source] {
            std::error_code gone;
            auto bytes = std::filesystem::file_size(path, gone);
            return gone ? std::optional<std::uint64_t>{} : std::optional<std::uint64_t>{bytes};
        };
        if (auto exact = co_await async::blocking(std::move(size))) device.physical = exact;
    }
    co_return hypervisor::BlockSizes{MemorySize::bytes(device.capacity.value_or(0)),
                                     MemorySize::bytes(device.occupied.value_or(0)),
                                     MemorySize::bytes(device.physical.value_or(0))};
}

/// A job that runs is told of with its age; so is a monitor that is not there.
hypervisor::ControlStatus QemuDriver::control(const Uuid& uuid, std::string_view name) {
    auto domain = require(uuid, name);
    require_active(*domain);
    constexpr std::uint32_t ok = 0, job = 1, failed = 3, monitor = 2; // virDomainControlState, …ErrorReason
    if (!domain->run->connected.given()) return {failed, monitor, {}};
    for (const auto& running : domain->jobs.running()) {
        if (running.kind == async::JobKind::Query) continue;
        auto age = std::chrono::system_clock::now() - running.started;
        return {job, 0, std::chrono::duration_cast<std::chrono::milliseconds>(age)};
    }
    return {ok, 0, {}};
}

} // namespace vireo::qemu
