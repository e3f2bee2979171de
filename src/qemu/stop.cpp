// SPDX-License-Identifier: Apache-2.0
// How a guest ends. However that comes about, `watch` sees its process go and `conclude` gives back what
// belonged to the run; whoever wants an end sends a signal and waits for `Run::over`.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/guest_log.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>

#include <csignal>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu"};
/// What QEMU wrote to its monitor before it ended is read within this time.
constexpr std::chrono::milliseconds last_words{500};
/// Between SIGKILL and the end; longer takes only what hangs in the kernel.
constexpr std::chrono::seconds kill_patience{30};

constexpr auto names_of(Ending) {
    using enum Ending;
    return std::to_array<std::pair<Ending, std::string_view>>({{Shutdown, "shutdown"},
                                                               {Destroyed, "destroyed"},
                                                               {Crashed, "crashed"},
                                                               {Failed, "failed"},
                                                               {Saved, "saved"}});
}

std::string_view word_for(Ending ending) {
    for (auto [value, name] : names_of(Ending{}))
        if (value == ending) return name;
    return "unknown";
}

hypervisor::ShutoffReason reason_of(Ending ending) {
    switch (ending) {
    case Ending::Shutdown: return hypervisor::ShutoffReason::Shutdown;
    case Ending::Destroyed: return hypervisor::ShutoffReason::Destroyed;
    case Ending::Crashed: return hypervisor::ShutoffReason::Crashed;
    case Ending::Saved: return hypervisor::ShutoffReason::Saved;
    case Ending::Failed: break;
    }
    return hypervisor::ShutoffReason::Failed;
}

hypervisor::StoppedDetail detail_of(Ending ending) {
    switch (ending) {
    case Ending::Shutdown: return hypervisor::StoppedDetail::Shutdown;
    case Ending::Destroyed: return hypervisor::StoppedDetail::Destroyed;
    case Ending::Crashed: return hypervisor::StoppedDetail::Crashed;
    case Ending::Saved: return hypervisor::StoppedDetail::Saved;
    case Ending::Failed: break;
    }
    return hypervisor::StoppedDetail::Failed;
}
} // namespace

awaitable<void> QemuDriver::destroy(Uuid uuid, std::string name, bool graceful) {
    auto domain = require(uuid, name);
    if (!domain->run && !domain->starting)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is not running", domain->durable.name));
    auto job = co_await begin(domain, async::JobKind::Destroy, "destroy");
    co_await job.run(destroy_guest(domain, job, graceful));
}

awaitable<void> QemuDriver::remove_logs(std::string name) {
    auto remove = [path = log_file(name)] { remove_log(path); };
    co_await async::blocking(std::move(remove));
}

awaitable<void> QemuDriver::destroy_guest(DomainPtr domain, async::Job& job, bool graceful) {
    if (!domain->run) co_await job.others_end(kill_patience); // a start that ends now, one way or the other
    auto run = domain->run;
    if (!run) co_return;
    std::string failure;
    try {
        auto stopping = [](RunRecord& next) { next.phase = Phase::Stopping; };
        std::function<void(RunRecord&)> change{stopping};
        if (!graceful) co_await save_run(domain, run, std::move(change));
    } catch (const std::exception& error) { failure = error.what(); }
    if (!failure.empty()) log.warning("{}: destroyed all the same: {}", domain->durable.name, failure);
    co_await terminate(domain, run, Ending::Destroyed, graceful);
}

awaitable<void> QemuDriver::terminate(DomainPtr domain, RunPtr run, Ending ending, bool graceful) {
    bool ours = !run->ending;
    if (ours) run->ending = ending;
    run->process.kill(SIGTERM);
    if (co_await run->over.wait(graceful ? options_.graceful_termination : options_.termination)) co_return;
    if (graceful) {
        if (ours) run->ending.reset();
        throw error(
            ErrorCode::OperationFailed,
            fmt::format("domain '{}' did not end within {} s after SIGTERM", domain->durable.name,
                        std::chrono::ceil<std::chrono::seconds>(options_.graceful_termination).count()));
    }
    log.warning("{}: process {} does not end on SIGTERM, killing it", domain->durable.name,
                run->process.pid());
    run->process.kill(SIGKILL);
    if (co_await run->over.wait(kill_patience)) co_return;
    throw error(ErrorCode::OperationFailed,
                fmt::format("process {} of domain '{}' does not end even on SIGKILL: it hangs in the kernel",
                            run->process.pid(), domain->durable.name));
}

awaitable<void> QemuDriver::watch(DomainPtr domain, RunPtr run) {
    auto status = co_await run->process.wait();
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await conclude(domain, run, status);
}

awaitable<void> QemuDriver::conclude(DomainPtr domain, RunPtr run, std::optional<async::ExitStatus> status) {
    if (!run->ending && run->monitor) co_await run->disconnected.wait(last_words);
    if (!run->ending) run->ending = status && status->success() ? Ending::Shutdown : Ending::Crashed;
    auto ending = *run->ending;
    auto name = domain->durable.name;
    if (run->monitor) run->monitor->close();
    if (run->agent) run->agent->close();
    co_await forget_run(domain, run);
    domain->run = nullptr;
    domain->state = reason_of(ending);
    publish(domain);
    log.info("{}: ended ({}){}", name, word_for(ending), status ? ", " + status->text() : "");
    tell(domain, detail_of(ending));
    run->over.give();
}

/// Gives back what a run had on the host, and then its part of the record.
awaitable<void> QemuDriver::forget_run(DomainPtr domain, RunPtr run) {
    auto clean = [directory = run->directory, path = log_file(domain->durable.name),
                  reason = word_for(run->ending.value_or(Ending::Failed))] {
        std::error_code failure;
        std::filesystem::remove_all(directory, failure);
        if (failure) log.warning("cannot remove '{}': {}", directory.native(), failure.message());
        log_end(path, reason);
    };
    co_await async::blocking(std::move(clean));
    for (auto port : run->record.ports) ports_.erase(port);
    if (!domain->durable.run) co_return;
    auto forget = [](Durable& next) {
        next.run.reset();
        next.live = {};
    };
    std::string failure;
    try {
        DurableChange change{forget};
        co_await save(domain, std::move(change));
    } catch (const std::exception& error) { failure = error.what(); }
    if (failure.empty()) co_return;
    log.error("{}: cannot write down its end, the next start of the daemon will: {}", domain->durable.name,
              failure);
    forget(domain->durable);
}

} // namespace vireo::qemu
