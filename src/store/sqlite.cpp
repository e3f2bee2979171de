// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace vireo::store {

SqliteError::SqliteError(int result, const std::string& message)
    : Error{ErrorCode::SystemError, ErrorDomain::Conf, message}, result{result} {}

bool SqliteError::damaged_file() const {
    int primary = result & 0xff;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

void Connection::Close::operator()(sqlite3* handle) const noexcept { ::sqlite3_close_v2(handle); }

Connection::Connection(const std::string& path, Mode mode) : path_{path} {
    sqlite3* handle = nullptr;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW |
                (mode == Mode::Create ? SQLITE_OPEN_CREATE : 0);
    int result = ::sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    handle_.reset(handle);
    check(result);
    ::sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 0, 0); // 48 KiB that rarely pay
    ::sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                        nullptr); // it is asked for, or not wanted
    ::sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    ::sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
}

void Connection::fail(int result) const {
    if ((result & 0xff) == SQLITE_BUSY)
        throw SqliteError(result, fmt::format("the state store '{}' is in use by another process", path_));
    throw SqliteError(result, fmt::format("the state store '{}' failed: {} (SQLite {})", path_,
                                          ::sqlite3_errmsg(handle_.get()), result));
}

void Connection::check(int result) const {
    if (result != SQLITE_OK) fail(result);
}

void Connection::execute(const char* statements) {
    check(::sqlite3_exec(handle_.get(), statements, nullptr, nullptr, nullptr));
}

bool Connection::idle() const { return ::sqlite3_get_autocommit(handle_.get()) != 0; }

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    ::sqlite3_finalize(statement);
}

Statement::Statement(const Connection& connection, std::string_view text) : connection_{connection} {
    sqlite3_stmt* statement = nullptr;
    connection.check(::sqlite3_prepare_v3(connection.get(), text.data(), static_cast<int>(text.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    statement_.reset(statement);
}

void Statement::bind(int parameter, std::string_view value) {
    const char* data = value.data() != nullptr ? value.data() : "";
    connection_.check(
        ::sqlite3_bind_text64(statement_.get(), parameter, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_blob(int parameter, std::string_view value) {
    connection_.check(
        ::sqlite3_bind_blob64(statement_.get(), parameter, value.data(), value.size(), SQLITE_STATIC));
}

void Statement::bind(int parameter, std::int64_t value) {
    connection_.check(::sqlite3_bind_int64(statement_.get(), parameter, value));
}

bool Statement::step() {
    int result = ::sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) connection_.fail(result);
    return false;
}

void Statement::run() {
    struct Reset {
        Statement& statement;
        ~Reset() { statement.reset(); }
    } reset{*this};
    while (step()) {}
}

void Statement::reset() { ::sqlite3_reset(statement_.get()); }

std::string_view Statement::text(int column) const {
    const auto* data = static_cast<const char*>(::sqlite3_column_blob(statement_.get(), column));
    return {data, static_cast<std::size_t>(::sqlite3_column_bytes(statement_.get(), column))};
}

std::int64_t Statement::integer(int column) const { return ::sqlite3_column_int64(statement_.get(), column); }

} // namespace vireo::store
