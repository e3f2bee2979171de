// SPDX-License-Identifier: Apache-2.0
// What a new daemon finds. The records say what the last one knew and was about to do; the run directories
// say which processes there are. A run is adopted when it was complete and its process lives. Everything else
// that is left of a run is ended and removed, which is the same for a start that was not answered, a stop
// that was begun, a guest that died meanwhile and a directory that nobody knows. But where records were lost,
// what nobody knows may be a healthy guest: it is marked and left alone, by this daemon and by later ones.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "launcher/launch.hpp"
#include "model/domain/xml.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/leftovers.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <fstream>

namespace vireo::qemu {

using hypervisor::DomainState;

namespace {
constexpr log::Source log{"qemu"};
/// How long the first answer to a client waits for guests to say what they do. What takes longer is shown as
/// it was last known.
constexpr std::chrono::milliseconds first_look{50};
/// A stopped QEMU greets when it goes on; until then nothing is polled.
constexpr std::chrono::hours greeting_patience{1};
constexpr std::chrono::milliseconds first_delay{1'000}, longest_delay{60'000};
constexpr std::chrono::seconds kill_patience{5};
/// In the directory of a run whose record may have been lost.
constexpr std::string_view unclaimed_mark = "unclaimed";
} // namespace

awaitable<void> QemuDriver::recover() {
    for (const auto& record : store_.load(driver_kind)) record_ = driver_from(record);
    std::vector<DomainPtr> over;
    bool complete = !store_.recovered() && store_.damaged_rows() == 0;
    for (auto& record : store_.load(domain_kind)) {
        auto domain = load(std::move(record));
        complete = complete && domain;
        if (domain && domain->durable.run && !adopt(domain)) over.push_back(domain);
    }
    co_await remove_orphans(complete);
    co_await forget_runs(std::move(over));
    co_await find_managed_saves();
    std::vector<DomainPtr> adopted;
    for (const auto& [uuid, domain] : std::map<Uuid, DomainPtr>{domains_.begin(), domains_.end()}) {
        publish(domain);
        if (domain->run) adopted.push_back(domain);
    }
    for (const auto& domain : adopted) attend(domain);
    auto until = std::chrono::steady_clock::now() + first_look;
    for (const auto& domain : adopted) {
        auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (auto run = domain->run; run && left.count() > 0) co_await run->connected.wait(left);
    }
    if (options_.bounds_logs) {
        log_keeper_.emplace(executor_, directories_.log / "qemu");
        spawn(log_keeper_->work());
    }
    if (record_.autostarted_boot == async::boot_id()) co_return;
    if (guests_left_alone_)
        log.error(
            "no domain is started for its autostart mark, since a guest that was left alone may be its");
    else
        spawn(start_marked());
}

/// Null for a record that cannot be used: it stays where it is, for people to look at.
DomainPtr QemuDriver::load(store::Record record) {
    auto uuid = record.uuid;
    auto name = record.name;
    try {
        auto domain = std::make_shared<ManagedDomain>(executor_, uuid);
        domain->durable = durable_from(std::move(record));
        if (reserved_names_.contains(name))
            throw error(ErrorCode::InternalError, "another domain has its name");
        reserved_names_.emplace(name, uuid);
        domains_[uuid] = domain;
        return domain;
    } catch (const std::exception& error) {
        log.error("domain '{}' ({}) cannot be loaded: {}", name, uuid.text(), error.what());
    }
    return nullptr;
}

/// Takes over the run that the record tells of, if it is complete and goes on.
bool QemuDriver::adopt(const DomainPtr& domain) {
    const auto& record = *domain->durable.run;
    domain->state = hypervisor::ShutoffReason::Daemon; // unless it lives: how it ended was not seen
    if (record.boot != async::boot_id() || record.phase != Phase::Running || record.autodestroy) return false;
    auto run = std::make_shared<Run>(executor_);
    if (!domain->durable.live) return false;
    if (!run->process.take(record.process)) {
        // A guest's own way down leaves its QEMU waiting for us (-no-shutdown): this one was killed.
        domain->state = hypervisor::ShutoffReason::Crashed;
        return false;
    }
    run->record = record;
    run->directory = run_directory(record.id);
    run->published = true;
    try {
        using model::domain::Scope;
        auto live = model::domain::parse(domain->durable.live.complete(), Scope::Live);
        run->actions = actions_of(live);
        prepare_agent(run, live);
        run->disk_nodes = DiskNodes{live};
    } catch (const std::exception& error) {
        log.error("{}: its ends are followed by the defaults, since its live definition is damaged: {}",
                  domain->durable.name, error.what());
    }
    ports_.insert(record.ports.begin(), record.ports.end());
    domain->run = run;
    domain->state = record.state;
    return true;
}

void QemuDriver::attend(const DomainPtr& domain) {
    log.info("{}: adopted (process {})", domain->durable.name, domain->run->process.pid());
    spawn(watch(domain, domain->run));
    spawn(reconnect(domain, domain->run, std::chrono::milliseconds{0}));
    if (domain->run->record.job) spawn(settle(domain, domain->run));
}

/// Ends what is left of runs that are not ours, and removes their directories. Makes the folder of all runs.
/// `complete`: all records are there, so that what has none is nobody's.
awaitable<void> QemuDriver::remove_orphans(bool complete) {
    std::set<std::filesystem::path> known;
    for (const auto& [uuid, domain] : domains_)
        if (domain->run) known.insert(domain->run->directory);
    auto list = [directory = directories_.run / "qemu", nvram = nvram_directory()] {
        std::vector<std::filesystem::path> found;
        std::filesystem::create_directories(directory);
        remove_leftovers(directory, nvram);
        for (const auto& entry : std::filesystem::directory_iterator{directory})
            if (entry.is_directory()) found.push_back(entry.path());
        return found;
    };
    auto found = co_await async::blocking(std::move(list));
    for (const auto& directory : found)
        if (!known.contains(directory)) co_await remove_orphan(directory, complete);
}

awaitable<void> QemuDriver::remove_orphan(std::filesystem::path directory, bool complete) {
    auto run = std::make_shared<Run>(executor_);
    auto identity = launcher::read_identity(directory / "identity");
    bool lives = identity && run->process.take(*identity);
    bool may_be_guest = lives || !identity;
    if (may_be_guest && (!complete || std::filesystem::exists(directory / unclaimed_mark)))
        co_return leave_alone(directory, lives ? identity->pid : 0);
    if (lives) {
        log.warning("ending process {}, which '{}' tells of and no domain", identity->pid,
                    directory.native());
        run->process.kill(SIGKILL);
        auto wait = [](RunPtr of) -> awaitable<void> {
            co_await of->process.wait();
            of->over.give();
        };
        spawn(wait(run));
        if (!co_await run->over.wait(kill_patience))
            log.error("process {} does not end even on SIGKILL", identity->pid);
    }
    std::error_code failure;
    std::filesystem::remove_all(directory, failure);
    if (failure) log.warning("cannot remove '{}': {}", directory.native(), failure.message());
}

/// Spares a run whose record may be lost, and its id. The mark tells later daemons, whose store is complete
/// again without that record. `pid` is 0 where the directory does not tell it.
void QemuDriver::leave_alone(const std::filesystem::path& directory, pid_t pid) {
    log.error(
        "records were lost, and process {} of '{}' may be the guest of one: both are left alone, end it "
        "by hand",
        pid == 0 ? "(unknown)" : std::to_string(pid), directory.native());
    guests_left_alone_ = true;
    std::ofstream mark{directory / unclaimed_mark};
    if (!mark) log.error("cannot mark '{}': the next daemon will end what it tells of", directory.native());
    std::int32_t id = 0;
    auto name = directory.filename().native();
    std::from_chars(name.data(), name.data() + name.size(), id);
    record_.next_id = std::max(record_.next_id, id + 1);
}

/// Writes down, in one go, that these run no more.
awaitable<void> QemuDriver::forget_runs(std::vector<DomainPtr> domains) {
    std::vector<PendingJob> jobs;
    for (const auto& domain : domains) {
        const auto& job = domain->durable.run->job;
        if (!job) continue;
        jobs.push_back(*job);
        if (job->whole) domain->state = hypervisor::ShutoffReason::Saved;
    }
    co_await settle_files(std::move(jobs));
    store::Change change;
    for (const auto& domain : domains) {
        auto& durable = domain->durable;
        log.info("{}: what was left of run {} is removed", durable.name, durable.run->id);
        durable.run.reset();
        durable.live = {};
        if (durable.empty())
            change.erase.emplace_back(domain_kind, domain->uuid);
        else
            change.put.push_back(to_record(domain->uuid, durable));
    }
    reserved_names_.clear(); // of the loading: from now on the registry has them
    if (!domains.empty()) co_await store_.commit(std::move(change));
}

/// Connects to the monitor, as often as needed, and asks what the guest does now. One task of a run does; it
/// takes up a connection that ends meanwhile by itself.
awaitable<void> QemuDriver::reconnect(DomainPtr domain, RunPtr run, std::chrono::milliseconds delay) {
    if (std::exchange(run->reconnecting, true)) co_return;
    struct Finish {
        RunPtr run;
        ~Finish() { run->reconnecting = false; }
    } finish{run};
    auto path = (run->directory / "monitor.sock").native();
    bool told = false;
    for (;; delay = std::clamp(2 * delay, first_delay, longest_delay)) {
        if (delay.count() > 0) co_await run->over.wait(delay);
        if (domain->run != run || run->ending) co_return;
        std::string failure;
        try {
            auto listener = listener_of(domain, run);
            run->disconnected.take_back();
            std::shared_ptr<Monitor> monitor =
                co_await Monitor::connect(path, std::move(listener), greeting_patience);
            run->monitor = monitor;
            auto answer = co_await monitor->execute("query-status", options_.monitor_deadline);
            const auto* object = answer.if_object();
            auto status = object != nullptr ? json::find_text(*object, "status") : std::nullopt;
            if (!status) throw error(ErrorCode::OperationFailed, "QEMU does not tell its state");
            if (!monitor->is_open()) throw error(ErrorCode::OperationFailed, "it ended after the answer");
            if (domain->run != run) co_return;
            take_status(domain, run, *status);
            run->connected.give();
            spawn(settle_devices(domain, run));
            co_await look_at_ports(domain, run);
            co_await look_at_block_jobs(domain, run);
            co_return;
        } catch (const boost::system::system_error& error) {
            if (error.code() == asio::error::operation_aborted) throw;
            failure = error.what();
        } catch (const std::exception& error) { failure = error.what(); }
        log.debug("{}: no connection to its monitor: {}", domain->durable.name, failure);
        if (domain->run == run && !std::exchange(told, true)) tell(domain, hypervisor::DomainControlError{});
        if (auto useless = std::exchange(run->monitor, nullptr))
            useless->close(); // QEMU serves one at a time
    }
}

/// Does what the events would have made us do that were told to nobody. `status` is QEMU's RunState.
void QemuDriver::take_status(const DomainPtr& domain, const RunPtr& run, std::string_view status) {
    if (status == "running") {
        take_resume(domain, run);
    } else if (status == "shutdown") {
        take_shutdown(domain, run, "guest-shutdown");
    } else if (status == "prelaunch" && domain->state.state != DomainState::Paused) {
        follow(domain, run, model::domain::LifecycleAction::Restart, Ending::Shutdown); // it was under way
    } else if (status == "guest-panicked") {
        take_panic(domain, run);
    } else if (status == "suspended") {
        set_state(domain, {DomainState::PmSuspended, 0});
    } else {
        if (status == "io-error") run->pause_reason = hypervisor::PausedReason::IoError;
        if (status == "watchdog") run->pause_reason = hypervisor::PausedReason::Watchdog;
        take_stop(domain, run);
    }
}

/// Starts the domains that are marked for it, once per boot of the host.
awaitable<void> QemuDriver::start_marked() {
    std::vector<hypervisor::DomainSnapshotPtr> marked;
    registry_.for_each([&](const auto& domain) {
        if (domain->autostart && !domain->active()) marked.push_back(domain);
    });
    for (const auto& domain : marked) {
        try {
            StartOptions options;
            co_await start(domain->uuid, domain->name, options);
        } catch (const Error& error) { // said in the log by the start itself
            log.error("{}: is not running after the host's boot: {}", domain->name, error.what());
        }
    }
    record_.autostarted_boot = async::boot_id();
    store::Change change{.put = {to_record(record_)}};
    co_await store_.commit(std::move(change));
}

} // namespace vireo::qemu
