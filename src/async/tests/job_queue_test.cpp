// SPDX-License-Identifier: Apache-2.0
#include "async/job_queue.hpp"

#include "base/error.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>
#include <optional>

namespace vireo::async {

using enum JobKind;

/// A queue, and jobs by name which run until they are told to end; `order` is the order in which they began.
class Jobs : public testing::Test {
protected:
    struct Task {
        explicit Task(asio::io_context& loop) : end{loop, asio::steady_timer::time_point::max()} {}
        asio::steady_timer end;
        asio::cancellation_signal caller;
        std::future<void> result;
        std::exception_ptr failure;
        bool running = false;
    };

    static awaitable<void> work(Jobs* self, std::shared_ptr<Task> task, JobRequest request) {
        auto name = request.name;
        auto job = co_await self->queue->begin(std::move(request));
        self->order.push_back(name);
        task->running = true;
        struct Ended {
            Task& task;
            ~Ended() { task.running = false; }
        } ended{*task};
        co_await job.run(until_told(task));
    }
    static awaitable<void> until_told(std::shared_ptr<Task> task) {
        boost::system::error_code told;
        co_await task->end.async_wait(asio::redirect_error(asio::use_awaitable, told));
        auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) throw boost::system::system_error(told);
    }
    std::shared_ptr<Task> begin(JobRequest request) {
        auto task = std::make_shared<Task>(loop);
        auto done = [task](std::exception_ptr failure) { task->failure = std::move(failure); };
        asio::co_spawn(loop, work(this, task, std::move(request)),
                       asio::bind_cancellation_slot(task->caller.slot(), done));
        turn();
        return task;
    }
    std::shared_ptr<Task> begin(JobKind kind, std::string name) {
        JobRequest request{.kind = kind, .name = std::move(name), .owner = "a test"};
        return begin(std::move(request));
    }
    void end(const std::shared_ptr<Task>& task) {
        task->end.cancel();
        turn();
    }
    void turn() {
        loop.restart();
        loop.poll();
    }
    static std::optional<ErrorCode> failure_of(const std::shared_ptr<Task>& task) {
        try {
            if (task->failure) std::rethrow_exception(task->failure);
        } catch (const Error& error) { return error.code; }
        return std::nullopt;
    }

    asio::io_context loop;
    std::unique_ptr<JobQueue> queue = std::make_unique<JobQueue>(loop.get_executor());
    std::vector<std::string> order;
};

TEST_F(Jobs, ModifyingOnesRunInOrderOfArrival) {
    auto first = begin(Modify, "1");
    auto second = begin(Modify, "2");
    auto third = begin(Modify, "3");
    EXPECT_TRUE(first->running);
    EXPECT_EQ(queue->waiting(), 2U);
    EXPECT_EQ(queue->waiters().at(0).name, "2");
    EXPECT_EQ(queue->waiters().at(1).name, "3");
    EXPECT_EQ(queue->waiters().at(1).kind, Modify);
    end(first);
    EXPECT_TRUE(second->running && !third->running);
    end(second);
    EXPECT_TRUE(third->running);
    end(third);
    EXPECT_EQ(order, (std::vector<std::string>{"1", "2", "3"}));
    EXPECT_TRUE(queue->running().empty());
}

/// Whether a job of kind `second` begins beside one of kind `first`.
struct Pair {
    JobKind first, second;
    bool together;
};
class JobPairs : public Jobs, public testing::WithParamInterface<Pair> {};
TEST_P(JobPairs, RunTogetherOrNot) {
    auto first = begin(GetParam().first, "first");
    auto second = begin(GetParam().second, "second");
    EXPECT_EQ(second->running, GetParam().together);
    end(first);
    EXPECT_TRUE(second->running);
    end(second);
}
INSTANTIATE_TEST_SUITE_P(
    Kinds, JobPairs,
    testing::Values(Pair{Query, Query, true}, Pair{Query, Modify, false}, Pair{Query, Async, false},
                    Pair{Query, Destroy, true}, Pair{Query, Abort, true}, Pair{Modify, Query, false},
                    Pair{Modify, Modify, false}, Pair{Modify, Async, false}, Pair{Modify, Destroy, true},
                    Pair{Modify, Abort, true}, Pair{Async, Query, true}, Pair{Async, Modify, false},
                    Pair{Async, Async, false}, Pair{Async, Destroy, true}, Pair{Async, Abort, true},
                    Pair{Destroy, Query, false}, Pair{Destroy, Modify, false}, Pair{Destroy, Async, false},
                    Pair{Destroy, Destroy, false}, Pair{Destroy, Abort, true}, Pair{Abort, Modify, true},
                    Pair{Abort, Abort, true}));

TEST_F(Jobs, AnAsyncJobMayAllowModifyingOnes) {
    JobRequest backup{.kind = Async, .name = "backup", .allows_modify = true};
    auto async = begin(backup);
    auto modify = begin(Modify, "suspend");
    EXPECT_TRUE(async->running && modify->running);
    EXPECT_FALSE(begin(Modify, "resume")->running);
}

TEST_F(Jobs, QueriesPassThoseWhoWaitForAnAsyncJob) {
    auto async = begin(Async, "migrate");
    auto modify = begin(Modify, "suspend");
    EXPECT_TRUE(begin(Query, "stats")->running);
    EXPECT_FALSE(modify->running);
}

TEST_F(Jobs, QueriesDoNotStarveAModifyingOne) {
    auto asking = begin(Query, "1");
    auto modify = begin(Modify, "2");
    auto late = begin(Query, "3");
    EXPECT_FALSE(late->running);
    end(asking);
    EXPECT_TRUE(modify->running && !late->running);
}

TEST_F(Jobs, DestroyCancelsWhatRuns) {
    auto modify = begin(Modify, "resume");
    auto query = begin(Query, "stats");
    auto destroy = begin(Destroy, "destroy");
    EXPECT_TRUE(destroy->running);
    EXPECT_FALSE(modify->running);
    EXPECT_EQ(failure_of(modify), ErrorCode::OperationAborted);
    EXPECT_FALSE(query->running);
    end(destroy);
    EXPECT_TRUE(query->running);
}

TEST_F(Jobs, AbortCancelsTheAsyncJobFirst) {
    JobRequest backup{.kind = Async, .name = "backup", .allows_modify = true};
    auto async = begin(backup);
    auto modify = begin(Modify, "suspend");
    auto abort = begin(Abort, "abort");
    EXPECT_EQ(failure_of(async), ErrorCode::OperationAborted);
    EXPECT_TRUE(modify->running);
    begin(Abort, "abort again");
    EXPECT_EQ(failure_of(modify), ErrorCode::OperationAborted);
}

TEST_F(Jobs, PatienceEndsByNamingTheHolder) {
    auto modify = begin(Modify, "resume");
    JobRequest hasty{.kind = Modify, .name = "suspend", .patience = std::chrono::milliseconds{0}};
    auto late = begin(hasty);
    while (!late->failure) loop.run_one();
    EXPECT_EQ(failure_of(late), ErrorCode::OperationTimeout);
    try {
        std::rethrow_exception(late->failure);
    } catch (const Error& error) {
        std::string text = error.what();
        EXPECT_EQ(
            text.find(
                "cannot begin job 'suspend' within 0 ms: held by modify job 'resume' of a test since 20"),
            0U)
            << text;
    }
    EXPECT_EQ(queue->waiting(), 0U);
}

TEST_F(Jobs, ACancelledWaiterLeavesTheLine) {
    auto first = begin(Modify, "1");
    auto second = begin(Modify, "2");
    auto third = begin(Modify, "3");
    second->caller.emit(asio::cancellation_type::terminal);
    turn();
    EXPECT_EQ(queue->waiting(), 1U);
    EXPECT_THROW(std::rethrow_exception(second->failure), boost::system::system_error);
    end(first);
    EXPECT_TRUE(third->running);
}

TEST_F(Jobs, ATurnThatMeetsACancellationIsPassedOn) {
    auto first = begin(Modify, "1");
    auto second = begin(Modify, "2");
    auto third = begin(Modify, "3");
    first->end.cancel();
    second->caller.emit(asio::cancellation_type::terminal); // both before the loop turns
    turn();
    EXPECT_TRUE(third->running);
}

TEST_F(Jobs, ARunningJobOutlivesItsCaller) {
    auto job = begin(Modify, "define");
    job->caller.emit(asio::cancellation_type::terminal);
    turn();
    EXPECT_TRUE(job->running);
    end(job);
    EXPECT_FALSE(job->running);
}

TEST_F(Jobs, WaitersLearnThatTheObjectIsGone) {
    auto first = begin(Modify, "1");
    auto second = begin(Modify, "2");
    queue.reset();
    turn();
    EXPECT_EQ(failure_of(second), ErrorCode::OperationInvalid);
    EXPECT_TRUE(first->running);
    end(first); // the job gives itself back to a queue that nobody holds any more
    EXPECT_FALSE(first->failure);
}

/// The loop goes with all its coroutines while one has the object and one waits for it.
TEST(JobQueue, SurvivesTheEndOfItsLoop) {
    auto loop = std::make_unique<asio::io_context>();
    JobQueue queue{loop->get_executor()};
    auto hold = [](JobQueue& jobs, std::string name) -> awaitable<void> {
        JobRequest request{.name = std::move(name)};
        auto job = co_await jobs.begin(std::move(request));
        asio::steady_timer never{co_await asio::this_coro::executor, asio::steady_timer::time_point::max()};
        co_await never.async_wait(asio::use_awaitable);
    };
    asio::co_spawn(*loop, hold(queue, "1"), asio::detached);
    asio::co_spawn(*loop, hold(queue, "2"), asio::detached);
    loop->poll();
    EXPECT_EQ(queue.waiting(), 1U);
    EXPECT_EQ(queue.running().size(), 1U);
    loop.reset();
    EXPECT_EQ(queue.waiting(), 0U);
    EXPECT_TRUE(queue.running().empty());
}

TEST_F(Jobs, TellsWhatRunsAndHowFarItIs) {
    auto job = std::optional<Job>{};
    auto keep = [&](std::exception_ptr, Job begun) { job = std::move(begun); };
    asio::co_spawn(loop, queue->begin({.kind = Async, .name = "save", .owner = "client 7"}), keep);
    turn();
    ASSERT_TRUE(job);
    job->set_progress({.total = 100, .processed = 40, .remaining = 60});
    auto running = queue->running();
    ASSERT_EQ(running.size(), 1U);
    EXPECT_EQ(running[0].name, "save");
    EXPECT_EQ(running[0].owner, "client 7");
    EXPECT_EQ(running[0].progress.remaining, 60U);
    EXPECT_LE(running[0].started, std::chrono::system_clock::now());
    job.reset();
    EXPECT_TRUE(queue->running().empty());
}

/// A modifying job that takes no notice until it is told, and a destroy that awaits it.
awaitable<void> destroy_and_wait(JobQueue& queue, std::chrono::milliseconds patience) {
    JobRequest request{.kind = Destroy, .name = "destroy"};
    auto job = co_await queue.begin(std::move(request));
    co_await job.others_end(patience);
}
TEST_F(Jobs, DestroyMayAwaitWhatItCancelled) {
    std::optional<Job> stubborn;
    auto keep = [&](std::exception_ptr, Job begun) { stubborn = std::move(begun); };
    asio::co_spawn(loop, queue->begin({.name = "start"}), keep);
    turn();
    auto hasty =
        asio::co_spawn(loop, destroy_and_wait(*queue, std::chrono::milliseconds{0}), asio::use_future);
    loop.restart();
    loop.run();
    EXPECT_THROW(hasty.get(), Error);
    EXPECT_TRUE(stubborn->cancelled());
    auto patient = asio::co_spawn(loop, destroy_and_wait(*queue, std::chrono::hours{1}), asio::use_future);
    turn();
    stubborn.reset();
    loop.restart();
    loop.run();
    EXPECT_NO_THROW(patient.get());
}

} // namespace vireo::async
