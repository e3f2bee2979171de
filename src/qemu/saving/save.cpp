// SPDX-License-Identifier: Apache-2.0
// A guest's state goes into a file and the guest ends. The guest stands still before anything is written and
// goes on whenever that fails. The step from one to the other is one write to the store, `PendingJob::whole`:
// before it the guest counts and the file is removed, after it the file counts and the guest is ended,
// whoever dies between.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::DomainState;

namespace {
constexpr log::Source log{"qemu.saving"};
constexpr std::string_view empty_cookie = "<cookie>\n</cookie>\n";

/// A failure in the caller's words; one that means the caller's cancellation stays as it is.
std::exception_ptr explained(const std::exception_ptr& failure, const std::string& what,
                             const std::string& trouble) {
    auto code = ErrorCode::OperationFailed;
    std::string reason;
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        code = error.code;
        reason = error.what();
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) return failure;
        reason = error.what();
    } catch (const std::system_error& error) {
        code = ErrorCode::SystemError;
        reason = error.what();
    } catch (const std::exception& error) { reason = error.what(); }
    auto text =
        fmt::format("{}: {}", what, trouble.empty() ? reason : fmt::format("{} ({})", trouble, reason));
    return std::make_exception_ptr(error(code, text));
}
} // namespace

awaitable<void> QemuDriver::save_guest(Uuid uuid, std::string name, hypervisor::SaveOptions options) {
    auto domain = require(uuid, name);
    require_active(*domain);
    if (options.file.empty() && !domain->durable.definition)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("domain '{}' is transient: it has no next start that could take its state, save it "
                        "to a file",
                        domain->durable.name));
    auto job = co_await begin(domain, async::JobKind::Async, "save");
    begin_long_job(domain, hypervisor::JobOperation::Save);
    std::exception_ptr failure;
    try {
        co_await job.run(put_away(domain, std::move(options)));
    } catch (...) { failure = std::current_exception(); }
    end_long_job(domain, false); // where it was not ended as completed
    if (failure) std::rethrow_exception(failure);
}

awaitable<SaveHeader> QemuDriver::header_for(DomainPtr domain, hypervisor::SaveOptions options) {
    SaveHeader header;
    header.running = options.running.value_or(domain->state.state == DomainState::Running);
    header.packing = options_.save_packing;
    header.cookie = empty_cookie;
    auto live = co_await read_live(domain);
    header.xml = format_text(live, false).complete();
    auto model = co_await description_of(header, std::move(options.xml));
    header.xml = format_text(*model, false).complete();
    co_return header;
}

awaitable<void> QemuDriver::put_away(DomainPtr domain, hypervisor::SaveOptions options) {
    require_steady(*domain);
    auto run = domain->run;
    bool running = domain->state.state == DomainState::Running;
    std::filesystem::path file = options.file;
    if (file.empty()) {
        file = managed_save_file(*domain);
        auto prepare = [directory = managed_save_directory()] {
            std::filesystem::create_directories(directory);
            std::filesystem::permissions(directory, std::filesystem::perms::owner_all);
        };
        co_await async::blocking(std::move(prepare));
    }
    StateFileOptions how{options_.save_packing, options.bypass_cache};
    auto header = co_await header_for(domain, std::move(options));
    std::shared_ptr<StateOutput> output;
    std::exception_ptr failure;
    try {
        auto place = co_await StateOutput::choose(file);
        PendingJob pending{PendingJob::Kind::Save, place.part, place.file, running, false};
        co_await begin_pending(domain, run, std::move(pending));
        output = co_await StateOutput::open(std::move(place), encode(header, false), how);
        if (running) co_await hold_still(domain, run, hypervisor::PausedReason::Save);
        co_await write_whole_state(domain, run, output);
    } catch (...) { failure = std::current_exception(); }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (failure) {
        auto what = fmt::format("cannot save domain '{}' to '{}'", domain->durable.name, file.native());
        co_await take_back(domain, run, output, std::move(what), failure);
    }
    end_long_job(domain, true);
    log.info("{}: saved to '{}'", domain->durable.name, file.native());
    co_await finish_save(domain, run, *run->record.job);
}

awaitable<void> QemuDriver::hold_still(DomainPtr domain, RunPtr run, hypervisor::PausedReason reason) {
    run->pause_reason = reason;
    co_await command(domain, "stop");
    if (domain->run == run) take_stop(domain, run); // should QEMU not have told
}

awaitable<void> QemuDriver::write_whole_state(DomainPtr domain, RunPtr run,
                                              std::shared_ptr<StateOutput> output) {
    co_await send_state(domain, run, output->take_input());
    co_await output->finish(true);
    co_await asio::this_coro::reset_cancellation_state(
        asio::disable_cancellation()); // too late to change one's mind
    if (domain->run != run || run->ending || !run->record.job)
        throw error(ErrorCode::OperationFailed, "the guest has ended meanwhile");
    std::function<void(RunRecord&)> change{[](RunRecord& next) {
        if (next.job) next.job->whole = true;
    }};
    co_await save_run(domain, run, std::move(change));
    if (domain->run != run || !run->record.job)
        throw error(ErrorCode::OperationFailed, "the guest has ended meanwhile");
}

awaitable<void> QemuDriver::take_back(DomainPtr domain, RunPtr run, std::shared_ptr<StateOutput> output,
                                      std::string what, std::exception_ptr failure) {
    std::string trouble;
    if (output) {
        auto look = [output] {
            auto found = output->trouble();
            remove_part(output->part(), output->file());
            return found;
        };
        trouble = co_await async::blocking(std::move(look));
        co_await output->abandon();
    }
    co_await settle_soon(domain, run);
    auto reason = explained(failure, what, trouble);
    std::rethrow_exception(reason);
}

} // namespace vireo::qemu
