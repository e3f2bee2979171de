// SPDX-License-Identifier: Apache-2.0
// All rules of who runs beside whom are in `may_start`; every change of what runs or waits ends in `advance`,
// which starts, in order of arrival, each waiter that may. One that may not holds back those of the serial
// kinds (query, modify, async) behind it, so that nobody overtakes; unless it waits for the end of an Async
// job, beside which the others go on.
#include "async/job_queue.hpp"

#include "base/enum_names.hpp"
#include "base/error.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <list>

namespace vireo::async {

namespace {
struct Waiter {
    Waiter(const asio::any_io_executor& executor, JobRequest request)
        : request{std::move(request)}, alarm{executor, this->request.patience} {}
    JobRequest request;
    asio::steady_timer alarm; // cancelled when the turn has come
    Job job;                  // decides when turn, alarm and cancellation coincide
    std::chrono::system_clock::time_point since = std::chrono::system_clock::now();
};

bool serial(JobKind kind) { return kind != JobKind::Destroy && kind != JobKind::Abort; }

Error error(ErrorCode code, const std::string& message) { return {code, ErrorDomain::None, message}; }
} // namespace

namespace detail {
struct JobQueueState : std::enable_shared_from_this<JobQueueState> {
    std::list<std::shared_ptr<RunningJob>> running;
    std::list<std::shared_ptr<Waiter>> waiters;
    std::list<asio::steady_timer*> watchers; // of `Job::others_end`, which wakes when a job ends
    bool closed = false;

    std::shared_ptr<RunningJob> find(JobKind kind) const {
        auto found = std::ranges::find(running, kind, [](const auto& job) { return job->info.kind; });
        return found == running.end() ? nullptr : *found;
    }

    bool may_start(JobKind kind) const {
        if (kind == JobKind::Abort) return true;
        if (find(JobKind::Destroy)) return false;
        if (kind == JobKind::Destroy) return true;
        if (find(JobKind::Modify)) return false;
        auto async = find(JobKind::Async);
        if (kind == JobKind::Query) return true;
        if (find(JobKind::Query)) return false;
        return !async || (kind == JobKind::Modify && async->info.allows_modify);
    }

    Job start(JobRequest& request) {
        auto job = std::make_shared<RunningJob>();
        job->info.kind = request.kind;
        job->info.name = std::move(request.name);
        job->info.owner = std::move(request.owner);
        job->info.started = std::chrono::system_clock::now();
        job->info.allows_modify = request.allows_modify;
        if (job->info.kind == JobKind::Destroy)
            cancel_all();
        else if (job->info.kind == JobKind::Abort)
            cancel_one();
        running.push_back(job);
        return Job{shared_from_this(), job};
    }

    void cancel_all() {
        auto found = running; // a cancelled job may end, and leave the list, at once
        for (const auto& job : found)
            if (job->info.kind == JobKind::Modify || job->info.kind == JobKind::Async) cancel(*job);
    }

    void cancel_one() {
        auto found = find(JobKind::Async);
        if (!found) found = find(JobKind::Modify);
        if (found) cancel(*found);
    }

    static void cancel(RunningJob& job) {
        job.info.cancelled = true;
        job.cancellation.emit(asio::cancellation_type::terminal);
    }

    /// Whether a waiter of this kind holds back those behind it.
    bool holds_line(JobKind kind) const {
        auto async = find(JobKind::Async);
        if (async && (kind == JobKind::Async || (kind == JobKind::Modify && !async->info.allows_modify)))
            return false;
        return serial(kind);
    }

    bool must_wait(JobKind kind) const {
        auto in_front = [this](const auto& waiter) { return holds_line(waiter->request.kind); };
        return (serial(kind) && std::ranges::any_of(waiters, in_front)) || !may_start(kind);
    }

    void advance() {
        bool held = false;
        for (auto next = waiters.begin(); next != waiters.end();) {
            auto waiter = *next;
            auto kind = waiter->request.kind;
            if ((held && serial(kind)) || !may_start(kind)) {
                held = held || holds_line(kind);
                ++next;
                continue;
            }
            next = waiters.erase(next);
            waiter->job = start(waiter->request);
            waiter->alarm.cancel();
        }
    }

    void leave(const std::shared_ptr<Waiter>& waiter) {
        if (waiters.remove(waiter) > 0) advance();
    }

    /// Who is in the way, for the message: what modifies goes before what asks.
    std::string holder(const std::shared_ptr<RunningJob>& asking = nullptr) const {
        std::shared_ptr<RunningJob> job;
        for (auto kind : {JobKind::Destroy, JobKind::Modify, JobKind::Async, JobKind::Query})
            if (auto found = find(kind); !job && found != asking) job = found;
        if (!job) return "others wait before it";
        return fmt::format("held by {} job '{}' of {} since {:%Y-%m-%d %H:%M:%S} UTC",
                           name_of(job->info.kind), job->info.name,
                           job->info.owner.empty() ? "the daemon" : job->info.owner,
                           std::chrono::floor<std::chrono::seconds>(job->info.started));
    }
};
} // namespace detail

void Job::finish() noexcept {
    if (!running_) return;
    auto queue = std::move(queue_);
    queue->running.remove(std::exchange(running_, nullptr));
    queue->advance();
    for (auto* watcher : queue->watchers) watcher->cancel();
}

awaitable<void> Job::others_end(std::chrono::milliseconds patience) {
    auto queue = queue_;
    auto self = running_;
    auto executor = co_await asio::this_coro::executor;
    auto modifies = [&self](const auto& job) {
        return job != self && (job->info.kind == JobKind::Modify || job->info.kind == JobKind::Async);
    };
    asio::steady_timer alarm{executor, patience};
    struct Watch {
        std::list<asio::steady_timer*>& list;
        std::list<asio::steady_timer*>::iterator place;
        ~Watch() { list.erase(place); }
    } watch{queue->watchers, queue->watchers.insert(queue->watchers.end(), &alarm)};
    while (std::ranges::any_of(queue->running, modifies)) {
        boost::system::error_code woken;
        co_await alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        if (!woken)
            throw error(ErrorCode::OperationTimeout,
                        fmt::format("job '{}' did not get the object within {} ms: {}", self->info.name,
                                    patience.count(), queue->holder(self)));
    }
}

void Job::throw_aborted() const {
    throw error(ErrorCode::OperationAborted, fmt::format("job '{}' was cancelled", running_->info.name));
}

JobQueue::JobQueue(asio::any_io_executor executor)
    : executor_{std::move(executor)}, state_{std::make_shared<detail::JobQueueState>()} {}

JobQueue::~JobQueue() {
    state_->closed = true;
    for (auto& waiter : std::exchange(state_->waiters, {})) waiter->alarm.cancel();
}

awaitable<Job> JobQueue::begin(JobRequest request) {
    auto state = state_;
    if (!state->must_wait(request.kind)) co_return state->start(request);
    auto waiter = std::make_shared<Waiter>(executor_, std::move(request));
    state->waiters.push_back(waiter);
    struct Leave { // also when the coroutine is destroyed while it waits
        detail::JobQueueState& state;
        std::shared_ptr<Waiter> waiter;
        ~Leave() { state.leave(waiter); }
    } leave{*state, waiter};
    boost::system::error_code woken;
    co_await waiter->alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (waiter->job) co_return std::move(waiter->job);
    if (state->closed)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("cannot begin job '{}': its object is gone", waiter->request.name));
    if (woken) throw boost::system::system_error(woken);
    throw error(ErrorCode::OperationTimeout,
                fmt::format("cannot begin job '{}' within {} ms: {}", waiter->request.name,
                            waiter->request.patience.count(), state->holder()));
}

std::vector<JobInfo> JobQueue::running() const {
    std::vector<JobInfo> jobs;
    for (const auto& job : state_->running) jobs.push_back(job->info);
    return jobs;
}

std::vector<JobInfo> JobQueue::waiters() const {
    std::vector<JobInfo> jobs;
    for (const auto& waiter : state_->waiters) {
        JobInfo info;
        info.kind = waiter->request.kind;
        info.name = waiter->request.name;
        info.owner = waiter->request.owner;
        info.started = waiter->since;
        jobs.push_back(std::move(info));
    }
    return jobs;
}

std::size_t JobQueue::waiting() const { return state_->waiters.size(); }

} // namespace vireo::async
