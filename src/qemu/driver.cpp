// SPDX-License-Identifier: Apache-2.0
#include "qemu/driver.hpp"

#include "base/log.hpp"
#include "launcher/launch.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu"};
/// Of one who waits for a domain; libvirt's clients know this limit.
constexpr std::chrono::seconds job_patience{30};
/// A disk that takes longer has failed.
constexpr std::chrono::minutes write_patience{10};
} // namespace

QemuDriver::QemuDriver(asio::any_io_executor executor, Directories directories, store::Store& store,
                       CapabilitiesCache& capabilities, DriverOptions options)
    : executor_{std::move(executor)}, directories_{std::move(directories)}, store_{store},
      capabilities_{capabilities}, options_{std::move(options)}, tasks_{executor_} {
    if (options_.launcher.empty()) options_.launcher = launcher::launcher_path();
}

QemuDriver::~QemuDriver() = default;

bool QemuDriver::serves(std::string_view path) const {
    bool own = std::string_view{options_.uri}.ends_with(path); // root may have a session, too
    return own || path == "/system" || (path == "/session" && ::geteuid() != 0);
}

awaitable<void> QemuDriver::stop() {
    for (auto& [uuid, domain] : domains_)
        if (domain->run && domain->run->monitor) domain->run->monitor->close();
    co_await tasks_.stop();
}

std::filesystem::path QemuDriver::run_directory(std::int32_t id) const {
    return directories_.run / "qemu" / std::to_string(id);
}

std::filesystem::path QemuDriver::log_file(std::string_view name) const {
    return directories_.log / "qemu" / fmt::format("{}.log", name);
}

DomainPtr QemuDriver::find(const Uuid& uuid) const {
    auto found = domains_.find(uuid);
    return found == domains_.end() ? nullptr : found->second;
}

DomainPtr QemuDriver::require(const Uuid& uuid, std::string_view name) const {
    registry_.require(uuid, name); // one that is still being made does not exist for others
    return domains_.at(uuid);
}

awaitable<async::Job> QemuDriver::begin(DomainPtr domain, async::JobKind kind, std::string what) {
    async::JobRequest request{.kind = kind, .name = std::move(what), .patience = job_patience};
    auto job = co_await domain->jobs.begin(std::move(request));
    if (domain->gone) // also where another one has its uuid by now: that is not the one that was meant
        throw error(ErrorCode::NoDomain,
                    fmt::format("Domain not found: {} does not exist any more", domain->uuid.text()));
    co_return job;
}

awaitable<bool> QemuDriver::try_save(DomainPtr domain, DurableChange change, bool with_driver) {
    async::JobRequest request{.name = "write", .patience = write_patience};
    auto turn = co_await domain->writes.begin(std::move(request));
    if (domain->gone) co_return false;
    auto next = domain->durable;
    change(next);
    store::Change what;
    if (next.empty())
        what.erase.emplace_back(domain_kind, domain->uuid);
    else
        what.put.push_back(to_record(domain->uuid, next));
    if (with_driver) what.put.push_back(to_record(record_));
    co_await store_.commit(std::move(what));
    domain->durable = std::move(next);
    co_return true;
}

awaitable<void> QemuDriver::save(DomainPtr domain, DurableChange change, bool with_driver) {
    auto name = domain->durable.name;
    if (!co_await try_save(domain, std::move(change), with_driver))
        throw error(ErrorCode::NoDomain, fmt::format("domain '{}' is gone", name));
}

awaitable<void> QemuDriver::save_run(DomainPtr domain, RunPtr run, std::function<void(RunRecord&)> change) {
    DurableChange of_run{[&change, id = run->record.id](Durable& next) {
        if (next.run && next.run->id == id) change(*next.run);
    }};
    co_await try_save(domain, std::move(of_run)); // when it is gone, so is its run
    if (domain->run == run && domain->durable.run) run->record = *domain->durable.run;
}

void QemuDriver::publish(DomainPtr domain) {
    const auto& durable = domain->durable;
    if (durable.definition || domain->run) return registry_.publish(snapshot_of(*domain));
    registry_.withdraw(domain->uuid);
    if (!durable.empty() || domain->gone) return;
    domain->gone = true;
    domains_.erase(domain->uuid);
}

void QemuDriver::set_state(const DomainPtr& domain, hypervisor::StateAndReason state) {
    domain->state = state;
    publish(domain);
}

void QemuDriver::tell(const DomainPtr& domain, hypervisor::DomainEvent::What what) {
    auto id = domain->run ? domain->run->record.id : -1;
    events_.publish({domain->durable.name, domain->uuid, id, std::move(what)});
}

} // namespace vireo::qemu
