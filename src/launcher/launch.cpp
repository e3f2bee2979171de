// SPDX-License-Identifier: Apache-2.0
#include "launcher/launch.hpp"

#include "base/error.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace vireo::launcher {

namespace {
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// The encoded plan in memory, to be read from its beginning.
Fd memory_file(std::string_view text) {
    Fd file{::memfd_create("vireo-launch-plan", MFD_CLOEXEC)};
    if (!file) fail("memfd_create");
    while (!text.empty()) {
        auto written = ::write(file.get(), text.data(), text.size());
        if (written < 0) fail("write");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::lseek(file.get(), 0, SEEK_SET) < 0) fail("lseek");
    return file;
}

struct Report {
    std::string text;                // empty: the program runs
    boost::system::error_code ended; // eof, unless the wait was cancelled
};

awaitable<Report> read_report(asio::posix::stream_descriptor& pipe) {
    Report report;
    std::array<char, 512> chunk{};
    while (!report.ended) {
        auto [error, got] = co_await pipe.async_read_some(asio::buffer(chunk), as_tuple);
        report.text.append(chunk.data(), got);
        report.ended = error;
    }
    co_return report;
}

/// Ends a launcher that failed, also after a cancellation, and reaps it.
awaitable<void> end(async::ChildProcess& child) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    child.kill(SIGKILL);
    co_await child.wait();
}

awaitable<Report> read_report_until(asio::posix::stream_descriptor& pipe,
                                    std::chrono::milliseconds deadline) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer alarm{pipe.get_executor(), deadline};
    auto first = co_await (read_report(pipe) || alarm.async_wait(as_tuple));
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    Report late;
    late.ended = asio::error::timed_out;
    co_return late;
}
} // namespace

std::string launcher_path() {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "vireo-launch").string();
}

awaitable<async::ChildProcess> launch(std::string launcher, Plan plan, std::chrono::milliseconds deadline) {
    auto executor = co_await asio::this_coro::executor;
    plan.parent = ::getpid();
    auto text = memory_file(encode(plan));
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
    Fd report_end{ends[1]};
    asio::posix::stream_descriptor pipe{executor, ends[0]};
    std::vector<int> descriptors{-1, plan.log, plan.log, text.get(), report_end.get()};
    for (const auto& passed : plan.descriptors) descriptors.push_back(passed.source);
    std::vector<std::string> arguments{std::move(launcher)};
    auto child = async::ChildProcess::spawn(executor, arguments, descriptors);
    report_end.reset();

    co_await asio::this_coro::throw_if_cancelled(false); // the child is to be reaped first
    auto report = co_await read_report_until(pipe, deadline);
    auto cancelled = co_await asio::this_coro::cancellation_state;
    bool aborted = cancelled.cancelled() != asio::cancellation_type::none;
    if (!aborted && report.ended == asio::error::eof && report.text.empty()) {
        co_await asio::this_coro::throw_if_cancelled(true); // holds for our caller's next steps, too
        co_return child;
    }
    co_await end(child);
    if (aborted) throw boost::system::system_error(asio::error::operation_aborted);
    if (report.ended == asio::error::timed_out)
        throw Error(ErrorCode::OperationTimeout, ErrorDomain::None,
                    fmt::format("'{}' did not start within {} ms", plan.arguments.front(), deadline.count()));
    throw Error(ErrorCode::OperationFailed, ErrorDomain::None, report.text);
}

std::optional<async::ProcessIdentity> read_identity(const std::string& path) {
    std::ifstream file{path};
    async::ProcessIdentity identity;
    std::string boot;
    if (!(file >> identity.pid >> identity.start_time >> boot) || boot != async::boot_id())
        return std::nullopt;
    return identity;
}

} // namespace vireo::launcher
