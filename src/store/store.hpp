// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "store/record.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace vireo::store {

/// What survives the daemon, in one file. All calls are made on the loop's thread; the writing itself happens
/// on one thread of the pool at a time, and changes that arrive meanwhile share the next transaction.
class Store {
public:
    /// Counts since the start.
    struct Statistics {
        std::uint64_t transactions = 0;
        std::uint64_t changes = 0;
    };

    /// Opens or makes the file and checks all of it; blocks, so call it before the loop runs. What is damaged
    /// is set aside, logged as an error, and replaced from the copy of the last clean start as far as
    /// possible. Throws Error, system_error.
    Store(asio::any_io_executor executor, const std::filesystem::path& file);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    /// `close` must have ended, or the loop never have run.
    ~Store();

    /// All records of a kind. Blocks: before the loop runs.
    std::vector<Record> load(std::string_view kind);
    /// Rows that were damaged when the store was opened.
    std::size_t damaged_rows() const;
    /// The file was damaged or gone when the store was opened.
    bool recovered() const;

    /// Returns when the change is on disk. Throws SystemError (disk full, I/O): then nothing of it is, what
    /// was before holds, and the next change may succeed again. Cannot be cancelled once it waits.
    awaitable<void> commit(Change change);
    /// Keeps a copy of the file for a time of need. Once after a start, when clients are already answered;
    /// commits go on in between.
    awaitable<void> keep_copy();
    /// Waits for all commits and closes the file. Later calls throw OperationInvalid.
    awaitable<void> close();
    Statistics statistics() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace vireo::store
