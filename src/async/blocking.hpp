// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace vireo::async {

/// Runs `work` on a thread of the pool (four, made when first needed). For what may take a while but always
/// ends: a thread that hangs for ever is lost, so what talks to a network file system belongs in a child
/// process.
void run_in_pool(std::move_only_function<void()> work);

/// The pool at this moment: its threads, and how many of them have work. Any thread.
struct PoolUse {
    std::size_t threads, busy;
};
PoolUse pool_use() noexcept;

namespace detail {
template <class Result> struct Outcome {
    std::exception_ptr failure;
    std::optional<Result> value;
    void run(auto& work) { value.emplace(work()); }
    Result take() { return std::move(value).value(); }
};
template <> struct Outcome<void> {
    std::exception_ptr failure;
    void run(auto& work) { work(); }
    void take() {}
};
} // namespace detail

/// Calls `work` in the pool and returns its result, or throws what it threw, on the caller's executor. Cannot
/// be cancelled: what was begun is awaited.
template <class Work> awaitable<std::invoke_result_t<Work&>> blocking(Work work) {
    using Result = std::invoke_result_t<Work&>;
    detail::Outcome<Result> outcome; // this frame outlives the work: it resumes only afterwards
    auto start = [&](auto handler) {
        auto executor =
            asio::prefer(asio::get_associated_executor(handler), asio::execution::outstanding_work.tracked);
        run_in_pool([&work, &outcome, executor, handler = std::move(handler)]() mutable {
            try {
                outcome.run(work);
            } catch (...) { outcome.failure = std::current_exception(); }
            asio::dispatch(executor, std::move(handler));
        });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
    if (outcome.failure) std::rethrow_exception(outcome.failure);
    co_return outcome.take();
}

} // namespace vireo::async
