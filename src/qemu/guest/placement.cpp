// SPDX-License-Identifier: Apache-2.0
// On which of the host's processors QEMU's threads run, and how the kernel chooses them (<cputune>). The
// emulator's own threads get theirs at its start, from the launcher: those that come later inherit it.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "host/affinity.hpp"
#include "host/usage.hpp"
#include "model/domain/cpu_set.hpp"
#include "model/domain/edit.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/statistics/sources.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <system_error>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// A thread of a guest's QEMU, by the name that users know it by.
struct GuestThread {
    ThreadKind kind;
    std::uint32_t number;
    pid_t thread;
    std::string text() const {
        if (kind == ThreadKind::Emulator) return "the emulator";
        return fmt::format("{} {}", kind == ThreadKind::Vcpu ? "vcpu" : "iothread", number);
    }
};

/// Those that QEMU tells, and its others.
awaitable<std::vector<GuestThread>> guest_threads(const Subject& subject) {
    std::vector<GuestThread> threads;
    std::set<pid_t> special;
    auto add = [&](ThreadKind kind, std::uint32_t number, pid_t thread) {
        threads.push_back({kind, number, thread});
        special.insert(thread);
    };
    for (const auto& vcpu : co_await vcpu_threads(subject)) add(ThreadKind::Vcpu, vcpu.number, vcpu.thread);
    for (const auto& each : co_await io_threads(subject)) add(ThreadKind::IoThread, each.id, each.thread);
    auto own = subject.process;
    auto read = [own] { return host::threads_of(own); };
    for (auto thread : co_await async::blocking(std::move(read)))
        if (!special.contains(thread)) threads.push_back({ThreadKind::Emulator, 0, thread});
    co_return threads;
}

int policy_of(Scheduler scheduler) {
    switch (scheduler) {
    case Scheduler::Batch: return SCHED_BATCH;
    case Scheduler::Idle: return SCHED_IDLE;
    case Scheduler::Fifo: return SCHED_FIFO;
    case Scheduler::RoundRobin: break;
    }
    return SCHED_RR;
}

const ThreadScheduling* scheduling_of(const CpuTuning& tuning, const GuestThread& thread, pid_t process) {
    if (thread.kind == ThreadKind::Emulator) // its first thread's, as with libvirt
        return tuning.emulator_scheduling && thread.thread == process ? &*tuning.emulator_scheduling
                                                                      : nullptr;
    const auto& list = thread.kind == ThreadKind::Vcpu ? tuning.vcpu_scheduling : tuning.iothread_scheduling;
    auto found = std::ranges::find_if(
        list, [&](const auto& each) { return members_of_cpu_set(each.threads).contains(thread.number); });
    return found == list.end() ? nullptr : &*found;
}

/// Where a thread may run that nothing is said of.
std::set<std::uint32_t> every_processor() {
    auto online = host::read_cpu_map().online;
    return {online.begin(), online.end()};
}

/// A thread may end while it is placed: that is no failure. Those of a vcpu or iothread do not end by
/// themselves.
void place(const GuestThread& thread, const std::set<std::uint32_t>& processors,
           const ThreadScheduling* scheduling) {
    try {
        host::set_affinity(thread.thread, processors);
        if (scheduling != nullptr)
            host::set_scheduling(thread.thread, policy_of(scheduling->scheduler),
                                 scheduling->priority.value_or(0));
    } catch (const std::system_error& failure) {
        if (thread.kind == ThreadKind::Emulator && failure.code().value() == ESRCH) return;
        auto cause = failure.code().value() == EINVAL
                         ? fmt::format("none of the processors {} is online", text_of_cpu_set(processors))
                         : std::string{failure.what()};
        throw error(ErrorCode::OperationFailed, fmt::format("{}: {}", thread.text(), cause));
    }
}

std::set<std::uint32_t> processors_of(const Domain& domain, const GuestThread& thread) {
    auto cpus = pinned_cpus(domain, thread.kind, thread.number);
    return cpus.empty() ? every_processor() : members_of_cpu_set(cpus);
}

bool is_placed(const Domain& domain) {
    const auto& tuning = domain.cpu_tuning;
    return !domain.vcpus.cpus.empty() || !tuning.emulator_pin.empty() || !tuning.vcpu_pins.empty() ||
           !tuning.iothread_pins.empty() || tuning.emulator_scheduling || !tuning.vcpu_scheduling.empty() ||
           !tuning.iothread_scheduling.empty();
}
} // namespace

awaitable<void> QemuDriver::place_threads(Subject subject) {
    if (!is_placed(subject.live)) co_return;
    auto threads = co_await guest_threads(subject);
    auto work = [&subject, &threads] {
        for (const auto& thread : threads)
            place(thread, processors_of(subject.live, thread),
                  scheduling_of(subject.live.cpu_tuning, thread, subject.process));
    };
    co_await async::blocking(std::move(work));
}

awaitable<void> QemuDriver::set_pin(Uuid uuid, std::string name, hypervisor::PinChange change,
                                    hypervisor::Impact impact) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "set_pin");
    co_await job.run(change_pin(domain, std::move(change), impact));
}

awaitable<void> QemuDriver::change_pin(DomainPtr domain, hypervisor::PinChange change,
                                       hypervisor::Impact impact) {
    auto scopes = scopes_of(*domain, impact);
    if (scopes.live) {
        auto subject = co_await subject_of(domain);
        model::domain::set_pin(subject.live, change.kind, change.number, change.cpus);
        auto threads = co_await guest_threads(subject);
        std::erase_if(threads, [&change](const auto& thread) {
            return thread.kind != change.kind || thread.number != change.number;
        });
        if (threads.empty())
            throw error(ErrorCode::InvalidArgument,
                        fmt::format("the running domain '{}' has no {}", domain->durable.name,
                                    GuestThread{change.kind, change.number, 0}.text()));
        auto work = [&] {
            for (const auto& thread : threads) place(thread, processors_of(subject.live, thread), nullptr);
        };
        co_await async::blocking(std::move(work));
    }
    std::function<void(Model&)> edit{
        [&change](Model& model) { model::domain::set_pin(model, change.kind, change.number, change.cpus); }};
    co_await change_texts(domain, scopes, std::move(edit));
}

} // namespace vireo::qemu
