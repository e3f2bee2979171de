// SPDX-License-Identifier: Apache-2.0
// A guest's state on its way to or from a file: for QEMU a migration.
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>

#include <array>

namespace vireo::qemu {

namespace {
constexpr const char* lent_name = "state";
/// Between two looks at how far it is; QEMU tells of its end at once.
constexpr std::chrono::milliseconds look_interval{200};
/// As fast as the file takes it: bytes per second.
constexpr std::int64_t unlimited = std::int64_t{1} << 53;

std::string status_of(const json::object& answer) {
    return std::string{json::find_text(answer, "status").value_or("none")};
}

const json::object& require_object(const json::value& answer, std::string_view command) {
    const auto* object = answer.if_object();
    if (object == nullptr)
        throw error(ErrorCode::OperationFailed, fmt::format("QEMU answers '{}' with nonsense", command));
    return *object;
}

std::uint64_t count(const json::object& from, std::string_view key) {
    auto found = json::find_number(from, key).value_or(0);
    return found > 0 ? static_cast<std::uint64_t>(found) : 0;
}

struct Figure {
    const char* name;
    std::string_view key;
};

/// What QEMU tells of a migration (query-migrate), under libvirt's names.
void take_figures(hypervisor::JobStatistics& job, const json::object& answer) {
    constexpr auto of_all = std::to_array<Figure>({{"downtime", "downtime"}, {"setup_time", "setup-time"}});
    constexpr auto of_memory = std::to_array<Figure>({{"memory_constant", "duplicate"},
                                                      {"memory_normal", "normal"},
                                                      {"memory_normal_bytes", "normal-bytes"},
                                                      {"memory_dirty_rate", "dirty-pages-rate"},
                                                      {"memory_iteration", "dirty-sync-count"},
                                                      {"memory_postcopy_requests", "postcopy-requests"},
                                                      {"memory_page_size", "page-size"}});
    job.details.clear();
    for (const auto& [name, key] : of_all)
        if (answer.contains(key)) job.details.push_back({name, count(answer, key)});
    const auto* memory = json::find_object(answer, "ram");
    if (memory == nullptr) return;
    job.total = count(*memory, "total");
    job.processed = count(*memory, "transferred");
    job.remaining = count(*memory, "remaining");
    if (const auto* megabits = memory->if_contains("mbps"); megabits != nullptr && megabits->is_double())
        job.details.push_back({"memory_bps", static_cast<std::uint64_t>(megabits->get_double() * 1e6 / 8)});
    for (const auto& [name, key] : of_memory) job.details.push_back({name, count(*memory, key)});
}

awaitable<void> enable_events(std::shared_ptr<Monitor> monitor, std::chrono::milliseconds deadline) {
    json::array capabilities{json::object{{"capability", "events"}, {"state", true}}};
    json::object arguments{{"capabilities", std::move(capabilities)}};
    co_await monitor->execute("migrate-set-capabilities", std::move(arguments), deadline);
}

bool is_under_way(std::string_view status) {
    return status != "none" && status != "completed" && status != "failed" && status != "cancelled";
}
} // namespace

awaitable<void> QemuDriver::send_state(DomainPtr domain, RunPtr run, Fd file) {
    auto monitor = co_await require_monitor(domain);
    auto deadline = options_.monitor_deadline;
    co_await enable_events(monitor, deadline);
    json::object speed{{"max-bandwidth", unlimited}};
    co_await monitor->execute("migrate-set-parameters", std::move(speed), deadline);
    co_await monitor->lend(lent_name, std::move(file), deadline);
    json::object arguments{{"uri", fmt::format("fd:{}", lent_name)}};
    co_await monitor->execute("migrate", std::move(arguments), deadline);
    co_await await_transfer(domain, run);
}

awaitable<void> QemuDriver::receive_state(RunPtr run, IncomingPtr incoming) {
    auto deadline = options_.monitor_deadline;
    auto monitor = run->monitor;
    StateInput input{executor_, std::move(incoming->file), incoming->how};
    co_await enable_events(monitor, deadline);
    co_await monitor->lend(lent_name, input.take_output(), deadline);
    json::object arguments{{"uri", fmt::format("fd:{}", lent_name)}};
    std::exception_ptr failure;
    try {
        co_await monitor->execute("migrate-incoming", std::move(arguments), deadline);
        co_await await_transfer(nullptr, run);
    } catch (...) { failure = std::current_exception(); }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await input.finish();
    if (failure) std::rethrow_exception(failure);
}

/// `domain`: whose long job it is; null: nobody asks how far it is.
awaitable<void> QemuDriver::await_transfer(DomainPtr domain, RunPtr run) {
    auto monitor = run->monitor;
    for (;;) {
        run->transfer_changed.take_back();
        auto answer = co_await monitor->execute("query-migrate", options_.monitor_deadline);
        const auto& figures = require_object(answer, "query-migrate");
        if (domain && domain->job) take_figures(domain->job->statistics, figures);
        auto status = status_of(figures);
        if (status == "completed") co_return;
        if (status == "failed" || status == "cancelled")
            throw error(ErrorCode::OperationFailed,
                        fmt::format("QEMU could not {} the state{}{}", domain ? "write" : "read",
                                    figures.contains("error-desc") ? ": " : "",
                                    json::find_text(figures, "error-desc").value_or("")));
        co_await run->transfer_changed.wait(look_interval);
    }
}

/// Returns when QEMU writes nothing any more.
awaitable<void> QemuDriver::stop_transfer(std::shared_ptr<Monitor> monitor) {
    auto deadline = options_.monitor_deadline;
    co_await monitor->execute("migrate_cancel", deadline);
    asio::steady_timer pause{executor_};
    for (bool busy = true; busy;) {
        auto migration = co_await monitor->execute("query-migrate", deadline);
        auto dump = co_await monitor->execute("query-dump", deadline);
        busy = is_under_way(status_of(require_object(migration, "query-migrate"))) ||
               status_of(require_object(dump, "query-dump")) == "active";
        if (!busy) co_return;
        pause.expires_after(look_interval / 4);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

awaitable<void> QemuDriver::send_memory(DomainPtr domain, RunPtr run, Fd file,
                                        hypervisor::DumpFormat format) {
    constexpr std::array<std::string_view, 5> formats{"elf", "kdump-zlib", "kdump-lzo", "kdump-snappy",
                                                      "win-dmp"};
    auto monitor = co_await require_monitor(domain);
    auto deadline = options_.monitor_deadline;
    co_await monitor->lend(lent_name, std::move(file), deadline);
    json::object arguments{{"paging", false},
                           {"protocol", fmt::format("fd:{}", lent_name)},
                           {"detach", true},
                           {"format", formats.at(static_cast<std::size_t>(format))}};
    co_await monitor->execute("dump-guest-memory", std::move(arguments), deadline);
    for (;;) {
        run->transfer_changed.take_back();
        auto answer = co_await monitor->execute("query-dump", deadline);
        const auto& figures = require_object(answer, "query-dump");
        if (domain->job) {
            auto& job = domain->job->statistics;
            job.total = count(figures, "total");
            job.processed = std::min(count(figures, "completed"), job.total);
            job.remaining = job.total - job.processed;
        }
        auto status = status_of(figures);
        if (status == "completed") co_return;
        if (status != "active") throw error(ErrorCode::OperationFailed, "QEMU could not write the memory");
        co_await run->transfer_changed.wait(look_interval);
    }
}

} // namespace vireo::qemu
