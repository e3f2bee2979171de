// SPDX-License-Identifier: Apache-2.0
// A guest's memory goes into a file for people to look into, alone or with the state of its devices (which is
// what a migration sends, and nothing before it).
#include "base/log.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::DomainState;

namespace {
constexpr log::Source log{"qemu.saving"};
} // namespace

awaitable<void> QemuDriver::dump_core(Uuid uuid, std::string name, hypervisor::DumpOptions options) {
    auto domain = require(uuid, name);
    require_active(*domain);
    if (options.format != hypervisor::DumpFormat::Raw && !options.memory_only)
        throw error(ErrorCode::ArgumentUnsupported, "a format can be chosen for a dump of memory only");
    auto job = co_await begin(domain, async::JobKind::Async, "dump");
    begin_long_job(domain, hypervisor::JobOperation::Dump);
    std::exception_ptr failure;
    try {
        co_await job.run(dump(domain, std::move(options)));
    } catch (...) { failure = std::current_exception(); }
    end_long_job(domain, false);
    if (failure) std::rethrow_exception(failure);
}

awaitable<void> QemuDriver::dump(DomainPtr domain, hypervisor::DumpOptions options) {
    require_steady(*domain);
    auto run = domain->run;
    bool running = domain->state.state == DomainState::Running;
    StateFileOptions how{options.memory_only ? Packing::Raw : options_.dump_packing, options.bypass_cache};
    std::shared_ptr<StateOutput> output;
    std::exception_ptr failure;
    try {
        auto place = co_await StateOutput::choose(options.file);
        PendingJob pending{PendingJob::Kind::Dump, place.part, place.file, running, false};
        co_await begin_pending(domain, run, std::move(pending));
        output = co_await StateOutput::open(std::move(place), {}, how);
        if (running && !options.live) co_await hold_still(domain, run, hypervisor::PausedReason::Dump);
        co_await write_core(domain, run, output, options);
    } catch (...) { failure = std::current_exception(); }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (failure) {
        auto what = fmt::format("cannot dump domain '{}' to '{}'", domain->durable.name, options.file);
        co_await take_back(domain, run, output, std::move(what), failure);
    }
    end_long_job(domain, true);
    log.info("{}: dumped to '{}'", domain->durable.name, options.file);
    if (options.crash) co_return co_await terminate(domain, run, Ending::Crashed, false);
    if (options.reset) co_await command(domain, "system_reset");
    co_await settle_soon(domain, run);
}

awaitable<void> QemuDriver::write_core(DomainPtr domain, RunPtr run, std::shared_ptr<StateOutput> output,
                                       hypervisor::DumpOptions options) {
    if (options.memory_only)
        co_await send_memory(domain, run, output->take_input(), options.format);
    else
        co_await send_state(domain, run, output->take_input());
    co_await output->finish(false);
    co_await output->publish();
}

} // namespace vireo::qemu
