// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/record.hpp"
#include "store/sqlite.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

struct sqlite3_backup;

namespace vireo::store {

/// The records in one SQLite file, held exclusively. Blocks; used by one thread at a time, the pool's or, at
/// start-up, the loop's.
class Database {
public:
    /// Opens the file, and makes its tables where it is new. Throws SqliteError: when another process has it,
    /// when it is not a database, or when a newer version wrote it.
    Database(const std::string& path, Connection::Mode mode);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Reads all of it. Rows whose checksum is wrong move to the table `damaged_record`; their number is the
    /// result. Throws SqliteError with `damaged_file` when the file's structure is wrong.
    std::size_t verify();
    /// All records of a kind, in no order.
    std::vector<Record> load(std::string_view kind);
    /// All intact records that can be read from a damaged file.
    std::vector<Record> salvage();

    /// Each change as a whole, all in one transaction which is on disk when this returns. The result has an
    /// entry for each change: why it failed, or nothing. One that fails takes none of the others along.
    std::vector<std::exception_ptr> apply(std::span<const Change* const> changes);

    /// Pages in the write-ahead log.
    std::size_t log_pages() const { return log_pages_; }
    /// Moves what is in the write-ahead log to its place. Does nothing to what was committed.
    void checkpoint();
    /// After one that failed: not again until as much was written once more.
    void postpone_checkpoint() { log_pages_ = 0; }
    /// The last checkpoint; empties the log's file too.
    void finish();
    const Connection& connection() const { return connection_; }

private:
    void configure();
    void create_tables();
    std::vector<std::exception_ptr> fail_all(std::size_t count, const std::exception_ptr& failure);
    void apply_each(std::span<const Change* const> changes, std::vector<std::exception_ptr>& failures);
    void apply_one(const Change& change);
    void put(const Record& record);
    void erase(const Key& key);
    void set_aside(const std::vector<std::int64_t>& rows);

    Connection connection_;
    std::size_t log_pages_ = 0;
    std::optional<Statement> put_, erase_, begin_, commit_; // what a commit runs most, prepared once
};

/// Copies a database into another file while it is in use, some pages at a time. The copy appears whole,
/// under its name, at the end.
class DatabaseCopy {
public:
    DatabaseCopy(Database& source, std::string path);
    ~DatabaseCopy();
    DatabaseCopy(const DatabaseCopy&) = delete;
    DatabaseCopy& operator=(const DatabaseCopy&) = delete;

    /// Copies a megabyte; true when all is done. Throws SqliteError, system_error.
    bool step();

private:
    void finish();
    std::string path_, partial_;
    std::optional<Connection> target_;
    struct End {
        void operator()(sqlite3_backup* backup) const noexcept;
    };
    std::unique_ptr<sqlite3_backup, End> backup_;
};

} // namespace vireo::store
