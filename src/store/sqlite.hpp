// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace vireo::store {

/// SystemError with SQLite's own reason.
struct SqliteError : Error {
    SqliteError(int result, const std::string& message);
    /// The file itself is at fault (not the disk, nor another process): SQLITE_CORRUPT or SQLITE_NOTADB.
    bool damaged_file() const;
    int result;
};

/// An open database file. Used by one thread at a time.
class Connection {
public:
    enum class Mode { Create, Existing };
    Connection(const std::string& path, Mode mode);

    /// Runs statements that return nothing of interest.
    void execute(const char* statements);
    /// True when no transaction is open (SQLite ends one by itself after some errors).
    bool idle() const;
    sqlite3* get() const { return handle_.get(); }
    const std::string& path() const { return path_; }
    [[noreturn]] void fail(int result) const;
    void check(int result) const;

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    std::string path_;
    std::unique_ptr<sqlite3, Close> handle_;
};

/// A prepared statement. Texts are bound without a copy: they must live until `reset` or the next `step` that
/// ends it.
class Statement {
public:
    Statement(const Connection& connection, std::string_view text);

    void bind(int parameter, std::string_view value);
    void bind_blob(int parameter, std::string_view value);
    void bind(int parameter, std::int64_t value);
    /// Goes to the next row; false after the last one.
    bool step();
    /// Runs it to its end and makes it ready for the next time, also when it throws.
    void run();
    void reset();
    /// The bytes of a column, valid until the next step. A column of another type gives its text.
    std::string_view text(int column) const;
    std::int64_t integer(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    const Connection& connection_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

} // namespace vireo::store
