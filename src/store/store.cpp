// SPDX-License-Identifier: Apache-2.0
// One piece of work at a time is in the pool: a transaction with all changes that wait, else a checkpoint
// when the log has grown and nobody came for a while, else a task (a step of the copy, the close). A step of
// the copy gets its turn between two transactions even when changes never cease to come. While work runs its
// data belongs to the pool's thread; all else here belongs to the loop's, so that nothing needs a lock.
#include "store/store.hpp"

#include "async/blocking.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "store/recovery.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cassert>
#include <deque>

namespace vireo::store {

namespace {
constexpr log::Source log{"store"};

/// The log is checkpointed at this size when nothing was written for a while (whoever writes one change after
/// the other would wait for it), and at the second one in any case.
constexpr std::size_t idle_checkpoint_pages = 1000, forced_checkpoint_pages = 8000;
constexpr std::chrono::milliseconds idle_time{200};
/// More would make the first of them wait too long.
constexpr std::size_t most_changes_of_a_transaction = 512;

/// Somebody who waits for the pool's work.
struct Waiter {
    std::move_only_function<void()> resume;
    std::exception_ptr failure;
};
struct PendingChange : Waiter {
    Change change;
};
struct Task : Waiter {
    std::move_only_function<void()> work;
};
} // namespace

struct Store::State : std::enable_shared_from_this<State> {
    State(asio::any_io_executor executor, Opening opening)
        : executor{std::move(executor)}, opening{std::move(opening)}, quiet{this->executor} {}

    asio::any_io_executor executor;
    Opening opening; // its database is the pool's while `busy`
    std::deque<std::shared_ptr<PendingChange>> changes;
    std::deque<std::shared_ptr<Task>> tasks;
    Statistics statistics;
    asio::steady_timer quiet; // runs while the log is long and nobody writes
    bool busy = false;
    bool scheduled = false;
    bool wrote_last = false; // the work before was a transaction
    bool closed = false;

    Database& database() { return *opening.database; }

    void require_open() const {
        if (closed) throw Error(ErrorCode::OperationInvalid, ErrorDomain::Conf, "the state store is closed");
    }

    /// Runs `work` in the pool, then `done` and what is next on the loop.
    void begin(std::move_only_function<void()> work, std::move_only_function<void()> done) {
        busy = true;
        auto loop = asio::prefer(executor, asio::execution::outstanding_work.tracked);
        async::run_in_pool(
            [self = shared_from_this(), loop, work = std::move(work), done = std::move(done)]() mutable {
                work();
                asio::post(loop, [self = std::move(self), done = std::move(done)]() mutable {
                    self->busy = false;
                    done();
                    self->schedule();
                });
            });
    }

    /// Looks for work after all that is ready on the loop had its turn: answers leave first, and whoever was
    /// woken together can write together.
    void schedule() {
        if (busy || std::exchange(scheduled, true)) return;
        asio::post(executor, [self = shared_from_this()] {
            self->scheduled = false;
            self->advance();
        });
    }

    void advance() {
        if (busy) return;
        auto log_pages = opening.database ? database().log_pages() : 0;
        bool turn_of_tasks = std::exchange(wrote_last, false) && !closed && !tasks.empty();
        if (log_pages >= forced_checkpoint_pages)
            begin_checkpoint();
        else if (!changes.empty() && !turn_of_tasks)
            begin_transaction();
        else if (!tasks.empty())
            begin_task();
        else if (log_pages >= idle_checkpoint_pages && !closed)
            await_quiet();
    }

    /// A checkpoint, unless something is written before the time is over.
    void await_quiet() {
        quiet.expires_after(idle_time); // the wait before, if any, ends without one
        quiet.async_wait([self = shared_from_this()](boost::system::error_code cancelled) {
            if (!cancelled && !self->busy && !self->closed && self->changes.empty()) self->begin_checkpoint();
        });
    }

    void begin_transaction() {
        auto count = std::min(changes.size(), most_changes_of_a_transaction);
        auto end = changes.begin() + static_cast<std::ptrdiff_t>(count);
        auto batch = std::make_shared<std::vector<std::shared_ptr<PendingChange>>>(changes.begin(), end);
        changes.erase(changes.begin(), end);
        wrote_last = true;
        quiet.cancel();
        ++statistics.transactions;
        statistics.changes += count;
        begin([this, batch] { write(*batch); },
              [batch] {
                  for (auto& pending : *batch) std::exchange(pending->resume, nullptr)();
              });
    }

    void write(std::vector<std::shared_ptr<PendingChange>>& batch) {
        std::vector<const Change*> all;
        for (const auto& pending : batch) all.push_back(&pending->change);
        try {
            auto failures = database().apply(all);
            for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->failure = std::move(failures[i]);
        } catch (...) {
            for (auto& pending : batch) pending->failure = std::current_exception();
        }
    }

    void begin_checkpoint() {
        auto work = [this] {
            try {
                database().checkpoint();
            } catch (const std::exception& error) { // what was committed stays in the log
                log.error("cannot move the log of the state store to its place: {}", error.what());
                database().postpone_checkpoint();
            }
        };
        begin(work, [] {});
    }

    void begin_task() {
        auto task = tasks.front();
        tasks.pop_front();
        auto work = [task] {
            try {
                task->work();
            } catch (...) { task->failure = std::current_exception(); }
        };
        begin(work, [task] { std::exchange(task->resume, nullptr)(); });
    }

    /// Puts a waiter in line and returns when its work is done.
    template <class Kind>
    awaitable<void> queue_up(std::deque<std::shared_ptr<Kind>>& line, std::shared_ptr<Kind> waiter) {
        auto start = [&](auto handler) {
            waiter->resume = [handler = std::move(handler)]() mutable {
                auto loop = asio::get_associated_executor(handler);
                asio::dispatch(loop, std::move(handler));
            };
            line.push_back(waiter);
            schedule();
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
        if (waiter->failure) std::rethrow_exception(waiter->failure);
    }

    awaitable<void> perform(std::move_only_function<void()> work) {
        auto task = std::make_shared<Task>();
        task->work = std::move(work);
        co_await queue_up(tasks, std::move(task));
    }
};

Store::Store(asio::any_io_executor executor, const std::filesystem::path& file)
    : state_{std::make_shared<State>(std::move(executor), open_or_recover(file))} {}

Store::~Store() { assert(!state_->busy); }

std::vector<Record> Store::load(std::string_view kind) {
    assert(!state_->busy);
    return state_->database().load(kind);
}

std::size_t Store::damaged_rows() const { return state_->opening.damaged_rows; }
bool Store::recovered() const { return state_->opening.recovered; }
Store::Statistics Store::statistics() const { return state_->statistics; }

awaitable<void> Store::commit(Change change) {
    auto state = state_;
    state->require_open();
    auto pending = std::make_shared<PendingChange>();
    pending->change = std::move(change);
    co_await state->queue_up(state->changes, std::move(pending));
}

awaitable<void> Store::keep_copy() {
    auto state = state_;
    state->require_open();
    struct Progress {
        std::optional<DatabaseCopy> copy;
        bool finished = false;
    };
    auto progress = std::make_shared<Progress>();
    while (!progress->finished && !state->closed) {
        auto step = [state, progress] {
            if (!state->opening.database) return; // closed while this waited
            if (!progress->copy)
                progress->copy.emplace(state->database(), copy_of(state->database().connection().path()));
            progress->finished = progress->copy->step();
            if (progress->finished) progress->copy.reset();
        };
        std::move_only_function<void()> work{step};
        co_await state->perform(std::move(work));
    }
}

awaitable<void> Store::close() {
    auto state = state_;
    state->require_open();
    state->closed = true;
    state->quiet.cancel();
    auto finish = [state] {
        auto database = std::move(state->opening.database); // goes in any case
        database->finish();
    };
    std::move_only_function<void()> work{finish};
    co_await state->perform(std::move(work));
}

} // namespace vireo::store
