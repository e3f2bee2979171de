// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vireo::async {

/// What a job may do, and so what it may run beside.
/// Query: asks (the monitor, say) and changes nothing; runs beside other queries and beside an Async job.
/// Modify: alone, in order of arrival.
/// Async: one long modifying job (migration, save, …), beside which queries go on, and modifying jobs if it
/// says so. Destroy: starts at once and cancels the Modify and Async jobs that it finds; only another Destroy
/// is waited for. Abort: starts at once, always, and cancels the Async job, or the Modify job where there is
/// no Async one.
enum class JobKind { Query, Modify, Destroy, Abort, Async };
constexpr auto names_of(JobKind) {
    using enum JobKind;
    return std::to_array<std::pair<JobKind, std::string_view>>(
        {{Query, "query"}, {Modify, "modify"}, {Destroy, "destroy"}, {Abort, "abort"}, {Async, "async"}});
}

/// How far a long job is; bytes. A total of 0 means unknown.
struct JobProgress {
    std::uint64_t total = 0;
    std::uint64_t processed = 0;
    std::uint64_t remaining = 0;
};

struct JobRequest {
    JobKind kind = JobKind::Modify;
    std::string name = {};  // the operation: "suspend"
    std::string owner = {}; // on whose behalf, for messages: "client 7, uid 1000"
    std::chrono::milliseconds patience = std::chrono::seconds{30};
    bool allows_modify = false; // Async only: modifying jobs may run beside it
};

/// The one record of a running job: domjobinfo, timeouts and log lines come from it.
struct JobInfo {
    JobKind kind = JobKind::Modify;
    std::string name;
    std::string owner;
    std::chrono::system_clock::time_point started;
    JobProgress progress;
    bool cancelled = false;
    bool allows_modify = false;
};

namespace detail {
struct JobQueueState;
struct RunningJob {
    JobInfo info;
    asio::cancellation_signal cancellation;
};
} // namespace detail

/// The right to do a job; given back when it goes. It may outlive its queue.
class Job {
public:
    Job() = default;
    Job(std::shared_ptr<detail::JobQueueState> queue, std::shared_ptr<detail::RunningJob> running)
        : queue_{std::move(queue)}, running_{std::move(running)} {}
    Job(Job&&) noexcept = default;
    Job& operator=(Job&& other) noexcept {
        finish();
        queue_ = std::move(other.queue_);
        running_ = std::move(other.running_);
        return *this;
    }
    ~Job() { finish(); }

    explicit operator bool() const { return running_ != nullptr; }
    const JobInfo& info() const { return running_->info; }
    void set_progress(JobProgress progress) { running_->info.progress = progress; }
    /// Somebody wants it to end early: a step that does not run below `run` looks here.
    bool cancelled() const { return running_->info.cancelled; }
    /// Ends the job before its scope does.
    void finish() noexcept;
    /// Awaits `work` so that cancelling the job cancels it. Throws OperationAborted when that was its end.
    /// (The caller's own cancellation does not reach it: a modifying job runs on when its client hangs up.)
    template <class Result> awaitable<Result> run(awaitable<Result> work);
    /// For Destroy: waits until the Modify and Async jobs that it cancelled have ended. Throws
    /// OperationTimeout.
    awaitable<void> others_end(std::chrono::milliseconds patience);

private:
    [[noreturn]] void throw_aborted() const;
    std::shared_ptr<detail::JobQueueState> queue_;
    std::shared_ptr<detail::RunningJob> running_;
};

/// Decides which jobs of one object run when. On the loop's thread.
class JobQueue {
public:
    explicit JobQueue(asio::any_io_executor executor);
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;
    /// Those who still wait get OperationInvalid.
    ~JobQueue();

    /// Returns when the turn has come. Throws OperationTimeout, naming who has the object, when patience ends
    /// before.
    awaitable<Job> begin(JobRequest request);
    /// The jobs that run now, oldest first.
    std::vector<JobInfo> running() const;
    std::size_t waiting() const;
    /// Those who wait, first come first; `started` is when they came.
    std::vector<JobInfo> waiters() const;

private:
    asio::any_io_executor executor_;
    std::shared_ptr<detail::JobQueueState> state_;
};

template <class Result> awaitable<Result> Job::run(awaitable<Result> work) {
    auto running = running_; // the slot must outlive the work
    auto executor = co_await asio::this_coro::executor;
    auto token = asio::bind_cancellation_slot(running->cancellation.slot(), asio::use_awaitable);
    if (cancelled()) throw_aborted();
    try {
        co_return co_await asio::co_spawn(executor, std::move(work), token);
    } catch (const boost::system::system_error& error) {
        if (!running->info.cancelled || error.code() != asio::error::operation_aborted) throw;
    }
    throw_aborted();
}

} // namespace vireo::async
