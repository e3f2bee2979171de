// SPDX-License-Identifier: Apache-2.0
// The commands about work on the disks of running guests.
#include "cli/shell.hpp"
#include "cli/sizes.hpp"
#include "protocol/domain_devices.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstdio>
#include <limits>

namespace vireo::cli {

namespace {
using enum OptionKind;
constexpr std::uint32_t in_bytes = 1;       // virDomainBlockJobInfoFlags, -SetSpeedFlags
constexpr std::uint32_t pull_in_bytes = 64; // virDomainBlockPullFlags, -RebaseFlags
constexpr std::chrono::milliseconds look_interval{500};

/// virDomainBlockJobType
std::string_view type_name(std::int32_t type) {
    constexpr std::array<std::string_view, 6> names{"Unknown job",  "Block Pull",          "Block Copy",
                                                    "Block Commit", "Active Block Commit", "Backup"};
    auto index = static_cast<std::size_t>(type);
    return names[index < names.size() ? index : 0];
}

unsigned percent_of(const protocol::DomainGetBlockJobInfoRet& job) {
    if (job.end == 0) return 0;
    return job.cur >= job.end
               ? 100
               : static_cast<unsigned>(100 * (static_cast<double>(job.cur) / static_cast<double>(job.end)));
}

/// --bandwidth, in MiB per second unless --bytes is given.
std::uint64_t bandwidth_of(const Arguments& arguments) { return arguments.count("bandwidth").value_or(0); }

/// Waits until the disk has no job; with `verbose`, tells how far it is.
awaitable<void> await_end(client::Domain domain, std::string disk, bool verbose) {
    asio::steady_timer pause{co_await asio::this_coro::executor};
    for (bool busy = true; busy;) {
        auto job = co_await domain.call(protocol::domain_get_block_job_info, disk, in_bytes);
        busy = job.found != 0;
        if (verbose) fmt::print(stderr, "\r{}: [{:3} %]", "Block Pull", busy ? percent_of(job) : 100);
        if (!busy) break;
        pause.expires_after(look_interval);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

awaitable<void> blockpull(Shell& shell, const Arguments& arguments) {
    bool wait = arguments.has("wait") || arguments.has("verbose");
    arguments.exclude("async", "wait");
    auto flags = arguments.has("bytes") ? pull_in_bytes : 0U;
    auto disk = arguments.text("path");
    auto base = arguments.optional_text("base");
    auto domain = co_await shell.domain_of(arguments);
    auto work = base ? domain.call(protocol::domain_block_rebase, disk, base, bandwidth_of(arguments), flags)
                     : domain.call(protocol::domain_block_pull, disk, bandwidth_of(arguments), flags);
    co_await std::move(work);
    if (!wait) co_return shell.print_extra("Block Pull started");
    co_await await_end(domain, disk, arguments.has("verbose"));
    shell.print_extra("\nPull complete");
}

void show_job(Shell& shell, const Arguments& arguments, const protocol::DomainGetBlockJobInfoRet& job) {
    auto name = type_name(job.type);
    Record record;
    if (arguments.has("raw")) {
        record.add("type", name, fmt::format(" type={}", name));
        record.add("bandwidth", job.bandwidth, fmt::format(" bandwidth={}", job.bandwidth));
        record.add("cur", job.cur, fmt::format(" cur={}", job.cur));
        record.add("end", job.end, fmt::format(" end={}", job.end));
        return shell.show(record);
    }
    auto line = fmt::format("{}: [{:3} %]", name, percent_of(job));
    if (job.bandwidth != 0)
        line += arguments.has("bytes") ? fmt::format("    Bandwidth limit: {} bytes/s ({}/s)", job.bandwidth,
                                                     human_size(job.bandwidth))
                                       : fmt::format("    Bandwidth limit: {} MiB/s", job.bandwidth);
    record.add("type", name, line);
    shell.show(record);
}

awaitable<void> blockjob(Shell& shell, const Arguments& arguments) {
    arguments.exclude("raw", "abort");
    arguments.exclude("abort", "info");
    auto disk = arguments.text("path");
    auto domain = co_await shell.domain_of(arguments);
    bool aborts = arguments.has("abort") || arguments.has("pivot") || arguments.has("async");
    if (aborts) { // virDomainBlockJobAbortFlags
        auto flags = arguments.bits({{"async", 1}, {"pivot", 2}});
        co_await domain.call(protocol::domain_block_job_abort, disk, flags);
        co_return;
    }
    auto unit = arguments.has("bytes") ? in_bytes : 0U;
    if (arguments.has("bandwidth")) {
        co_await domain.call(protocol::domain_block_job_set_speed, disk, bandwidth_of(arguments), unit);
        co_return;
    }
    auto job = co_await domain.call(protocol::domain_get_block_job_info, disk, unit);
    if (job.found == 0) co_return shell.print_extra("No current block job for {}\n", disk);
    show_job(shell, arguments, job);
}

awaitable<void> blockresize(Shell& shell, const Arguments& arguments) {
    auto disk = arguments.text("path");
    auto size = arguments.amount("size", MemorySize::bytes(std::numeric_limits<std::uint64_t>::max()), 1024);
    auto domain = co_await shell.domain_of(arguments);
    constexpr std::uint32_t size_in_bytes = 1; // virDomainBlockResizeFlags
    co_await explain(fmt::format("failed to resize disk '{}'", disk),
                     domain.call(protocol::domain_block_resize, disk, size.value_or(MemorySize{}).in_bytes(),
                                 size_in_bytes));
    shell.print_extra("Block device '{}' is resized\n", disk);
}
} // namespace

std::vector<Command> block_job_commands() {
    const Option path{"path", Positional, "name of the disk or path of its image"},
        bandwidth{"bandwidth", NamedNumber, "most that it may copy, in MiB/s"},
        bytes{"bytes", Flag, "bandwidth is in bytes/s"};
    return {
        {"blockjob",
         "look at, change or end the work on a disk",
         "",
         {running_domain_option,
          path,
          {"abort", Flag, "give it up"},
          {"async", Flag, "do not wait for its end"},
          {"pivot", Flag, "end it by letting the guest use the copy"},
          {"info", Flag, "how far it is"},
          bytes,
          {"raw", Flag, "the figures as they came"},
          bandwidth},
         blockjob},
        {"blockpull",
         "copy the images below a disk's topmost one into it",
         "",
         {running_domain_option,
          path,
          bandwidth,
          {"base", NamedText, "the image that stays below"},
          {"wait", Flag, "until all is done"},
          {"verbose", Flag, "wait, and tell how far it is"},
          {"async", Flag, "do not wait for its end"},
          bytes},
         blockpull},
        {"blockresize",
         "change the size of a running guest's disk",
         "",
         {running_domain_option, path, {"size", Positional, "the new size, in KiB unless a unit is given"}},
         blockresize},
    };
}

} // namespace vireo::cli
