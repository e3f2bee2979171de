// SPDX-License-Identifier: Apache-2.0
// What a long job leaves to be done or undone stands in the record of its run. `settle` does it, for the job
// that failed or has come to its end and for the next daemon alike: it repeats until QEMU answers, so that a
// guest that was stopped for a save is not forgotten because its QEMU hung just then.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::RunningReason;

namespace {
constexpr log::Source log{"qemu.saving"};
/// How long a caller waits for what goes on without it.
constexpr std::chrono::seconds settle_patience{5};
constexpr std::chrono::milliseconds first_delay{100}, longest_delay{10'000};

void remove_used_up(const std::filesystem::path& file) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT)
        throw std::system_error(
            errno, std::generic_category(),
            fmt::format("cannot remove '{}', which must not be used again", file.native()));
}

/// Brings the file of a save that was whole, or not, to its end when its guest is gone. A restore has kept
/// its own.
void settle_file(const PendingJob& job) {
    if (job.kind == PendingJob::Kind::Restore) return;
    if (!job.whole) return remove_part(job.part, job.file);
    if (std::filesystem::exists(job.part)) publish_part(job.part, job.file);
}
} // namespace

awaitable<void> QemuDriver::begin_pending(DomainPtr domain, RunPtr run, PendingJob job) {
    run->settled.take_back();
    std::function<void(RunRecord&)> change{[&job](RunRecord& next) { next.job = job; }};
    co_await save_run(domain, run, std::move(change));
    if (domain->run != run || !run->record.job)
        throw error(ErrorCode::OperationFailed, fmt::format("domain '{}' has ended", domain->durable.name));
}

/// Starts to settle, and waits as long as a healthy QEMU takes.
awaitable<void> QemuDriver::settle_soon(DomainPtr domain, RunPtr run) {
    if (domain->run != run || !run->record.job) co_return;
    run->settled.take_back();
    spawn(settle(domain, run));
    co_await run->settled.wait(settle_patience);
}

awaitable<void> QemuDriver::settle(DomainPtr domain, RunPtr run) {
    bool told = false;
    for (auto delay = first_delay; domain->run == run && !run->ending && run->record.job;
         delay = std::min<std::chrono::milliseconds>(2 * delay, longest_delay)) {
        std::string failure;
        try {
            co_await settle_once(domain, run);
            break;
        } catch (const boost::system::system_error& error) {
            if (error.code() == asio::error::operation_aborted) throw;
            failure = error.what();
        } catch (const std::exception& error) { failure = error.what(); }
        if (!std::exchange(told, true))
            log.warning("{}: what a long job left is done as soon as possible: {}", domain->durable.name,
                        failure);
        co_await run->over.wait(delay);
    }
    run->settled.give();
}

awaitable<void> QemuDriver::settle_once(DomainPtr domain, RunPtr run) {
    auto job = *run->record.job;
    if (job.whole) co_return co_await finish_save(domain, run, job);
    auto monitor = co_await require_monitor(domain);
    bool restored = job.kind == PendingJob::Kind::Restore;
    if (!restored) co_await stop_transfer(monitor);
    auto clean = [job, restored] {
        if (!restored)
            remove_part(job.part, job.file);
        else if (!job.part.empty())
            remove_used_up(job.part);
    };
    co_await async::blocking(std::move(clean));
    if (restored && !job.part.empty()) domain->managed_save = false;
    auto reason = RunningReason::Unpaused;
    if (restored) reason = RunningReason::Restored;
    if (job.kind == PendingJob::Kind::Save) reason = RunningReason::SaveCanceled;
    if (job.running) co_await go_on(domain, run, reason);
    std::function<void(RunRecord&)> change{[domain](RunRecord& next) {
        next.job.reset();
        next.state = domain->state;
    }};
    co_await save_run(domain, run, std::move(change));
    publish(domain);
}

awaitable<void> QemuDriver::go_on(DomainPtr domain, RunPtr run, RunningReason reason) {
    if (domain->state.state == hypervisor::DomainState::Running) co_return;
    run->resume_reason = reason;
    co_await command(domain, "cont");
    if (domain->run == run) take_resume(domain, run); // should QEMU not have told
}

/// The state is on disk, and nobody may see it and the guest at once.
awaitable<void> QemuDriver::finish_save(DomainPtr domain, RunPtr run, PendingJob job) {
    auto work = [job] { settle_file(job); };
    co_await async::blocking(std::move(work));
    if (job.file == managed_save_file(*domain)) domain->managed_save = true;
    co_await terminate(domain, run, Ending::Saved, false);
}

awaitable<void> QemuDriver::settle_files(std::vector<PendingJob> jobs) {
    auto work = [jobs] {
        for (const auto& job : jobs) {
            try {
                settle_file(job);
            } catch (const std::exception& error) {
                log.error("what was saved to '{}' is whole, but keeps the name '{}': {}", job.file, job.part,
                          error.what());
            }
        }
    };
    if (!jobs.empty()) co_await async::blocking(std::move(work));
}

awaitable<void> QemuDriver::find_managed_saves() {
    auto list = [directory = managed_save_directory()] {
        std::set<std::string> names;
        std::error_code missing;
        for (const auto& entry : std::filesystem::directory_iterator{directory, missing})
            if (entry.path().extension() == ".save") names.insert(entry.path().stem());
        return names;
    };
    auto names = co_await async::blocking(std::move(list));
    for (const auto& [uuid, domain] : domains_)
        domain->managed_save = domain->durable.definition && names.contains(domain->durable.name);
}

} // namespace vireo::qemu
