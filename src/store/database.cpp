// SPDX-License-Identifier: Apache-2.0
#include "store/database.hpp"

#include "base/log.hpp"
#include "store/checksum.hpp"
#include "store/files.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>

namespace vireo::store {

namespace {
constexpr log::Source log{"store"};
constexpr int schema_version = 1;
constexpr int copy_pages = 256; // of 4 KiB

/// The columns as `read_row` wants them.
constexpr const char* columns = "id, kind, uuid, name, autostart, definition, live, runtime, checksum";

std::string_view bytes_of(const Uuid& uuid) {
    return {reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()};
}

std::int64_t checksum_of(const Record& record) {
    Checksum sum;
    sum.add(record.kind);
    sum.add(bytes_of(record.uuid));
    sum.add(record.name);
    sum.add(std::uint64_t{record.autostart});
    sum.add(record.definition);
    sum.add(record.live);
    sum.add(record.runtime);
    return sum.value();
}

struct Row {
    std::int64_t id = 0;
    Record record;
    bool intact = false;
};

Row read_row(const Statement& select) {
    Row row;
    auto& record = row.record;
    row.id = select.integer(0);
    record.kind = select.text(1);
    auto uuid = select.text(2);
    std::ranges::copy(uuid.substr(0, record.uuid.bytes.size()), record.uuid.bytes.begin());
    record.name = select.text(3);
    auto autostart = select.integer(4);
    record.autostart = autostart != 0;
    record.definition = select.text(5);
    record.live = select.text(6);
    record.runtime = select.text(7);
    bool in_range = uuid.size() == record.uuid.bytes.size() && (autostart == 0 || autostart == 1);
    row.intact = in_range && checksum_of(record) == select.integer(8);
    return row;
}

std::string single_text(const Connection& connection, const char* query) {
    Statement statement{connection, query};
    return statement.step() ? std::string{statement.text(0)} : std::string{};
}

int remember_log_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<std::size_t*>(pages) = static_cast<std::size_t>(count);
    return SQLITE_OK;
}
} // namespace

Database::Database(const std::string& path, Connection::Mode mode) : connection_{path, mode} {
    configure();
    auto version = std::stoi("0" + single_text(connection_, "PRAGMA user_version"));
    if (version > schema_version)
        throw Error(ErrorCode::SystemError, ErrorDomain::Conf,
                    fmt::format("the state store '{}' has format {}, which is newer than this daemon's {}",
                                path, version, schema_version));
    if (version == 0 && mode == Connection::Mode::Existing)
        throw SqliteError(SQLITE_CORRUPT, fmt::format("the state store '{}' is empty", path));
    if (version == 0) create_tables();
    put_.emplace(connection_,
                 "INSERT INTO record (kind, uuid, name, autostart, definition, live, runtime, checksum) "
                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (kind, uuid) DO UPDATE SET name = ?3, "
                 "autostart = ?4, definition = ?5, live = ?6, runtime = ?7, checksum = ?8");
    erase_.emplace(connection_, "DELETE FROM record WHERE kind = ?1 AND uuid = ?2");
    begin_.emplace(connection_, "BEGIN IMMEDIATE");
    commit_.emplace(connection_, "COMMIT");
}

/// Exclusive locking comes first: only then does SQLite keep the log's index in memory instead of a shared
/// file.
void Database::configure() {
    connection_.execute("PRAGMA locking_mode = EXCLUSIVE");
    if (auto mode = single_text(connection_, "PRAGMA journal_mode = WAL"); mode != "wal")
        throw Error(ErrorCode::SystemError, ErrorDomain::Conf,
                    fmt::format("the state store '{}' cannot use a write-ahead log", connection_.path()));
    connection_.execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -256; PRAGMA temp_store = MEMORY");
    // Debian's SQLite writes zeros over all that goes, twice as many pages for an undefine. The log holds the
    // old text anyway; what protects it is the file's mode.
    connection_.execute("PRAGMA secure_delete = FAST");
    ::sqlite3_wal_hook(connection_.get(), remember_log_pages,
                       &log_pages_); // in place of checkpoints in commits
}

void Database::create_tables() {
    connection_.execute(R"(
        BEGIN IMMEDIATE;
        CREATE TABLE record (
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL, uuid BLOB NOT NULL, name TEXT NOT NULL,
            autostart INTEGER NOT NULL, definition TEXT NOT NULL, live TEXT NOT NULL, runtime TEXT NOT NULL,
            checksum INTEGER NOT NULL);
        CREATE UNIQUE INDEX record_key ON record (kind, uuid);
        CREATE TABLE damaged_record (
            found_at TEXT NOT NULL, kind, uuid, name, autostart, definition, live, runtime, checksum);
        PRAGMA user_version = 1;
        COMMIT)");
}

std::size_t Database::verify() {
    if (auto verdict = single_text(connection_, "PRAGMA integrity_check(1)"); verdict != "ok")
        throw SqliteError(SQLITE_CORRUPT,
                          fmt::format("the state store '{}' is damaged: {}", connection_.path(), verdict));
    std::vector<std::int64_t> damaged;
    Statement select{connection_, fmt::format("SELECT {} FROM record", columns)};
    while (select.step()) {
        auto row = read_row(select);
        if (row.intact) continue;
        log.error("the stored {} '{}' ({}) is damaged and set aside", row.record.kind, row.record.name,
                  row.record.uuid.text());
        damaged.push_back(row.id);
    }
    select.reset();
    if (!damaged.empty()) set_aside(damaged);
    ::sqlite3_db_release_memory(connection_.get());
    return damaged.size();
}

void Database::set_aside(const std::vector<std::int64_t>& rows) {
    Statement keep{connection_,
                   "INSERT INTO damaged_record SELECT datetime('now'), kind, uuid, name, autostart, "
                   "definition, live, runtime, checksum FROM record WHERE id = ?1"};
    Statement remove{connection_, "DELETE FROM record WHERE id = ?1"};
    connection_.execute("BEGIN IMMEDIATE");
    for (auto id : rows) {
        keep.bind(1, id);
        keep.run();
        remove.bind(1, id);
        remove.run();
    }
    connection_.execute("COMMIT");
}

std::vector<Record> Database::load(std::string_view kind) {
    std::vector<Record> records;
    Statement select{connection_, fmt::format("SELECT {} FROM record WHERE kind = ?1", columns)};
    select.bind(1, kind);
    while (select.step()) records.push_back(read_row(select).record);
    select.reset();
    ::sqlite3_db_release_memory(connection_.get());
    return records;
}

/// From both ends up to the damage, which seldom is in two places.
std::vector<Record> Database::salvage() {
    std::vector<Record> records;
    std::vector<std::int64_t> seen;
    for (const char* order : {"ASC", "DESC"}) {
        try {
            Statement select{connection_,
                             fmt::format("SELECT {} FROM record ORDER BY id {}", columns, order)};
            while (select.step()) {
                auto row = read_row(select);
                if (order[0] == 'D' && std::ranges::binary_search(seen, row.id)) break;
                if (order[0] == 'A') seen.push_back(row.id);
                if (row.intact) records.push_back(std::move(row.record));
            }
        } catch (const SqliteError& error) {
            log.error("reading '{}' ended early: {}", connection_.path(), error.what());
        }
    }
    return records;
}

std::vector<std::exception_ptr> Database::apply(std::span<const Change* const> changes) {
    std::vector<std::exception_ptr> failures(changes.size());
    try {
        begin_->run();
        if (changes.size() == 1)
            apply_one(*changes[0]); // the transaction stands or falls with it
        else
            apply_each(changes, failures);
        commit_->run();
        return failures;
    } catch (...) { return fail_all(changes.size(), std::current_exception()); }
}

void Database::apply_each(std::span<const Change* const> changes, std::vector<std::exception_ptr>& failures) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
        connection_.execute("SAVEPOINT change");
        try {
            apply_one(*changes[i]);
        } catch (const SqliteError&) {
            if (connection_.idle()) throw; // SQLite has undone the whole transaction
            failures[i] = std::current_exception();
            connection_.execute("ROLLBACK TO change");
        }
        connection_.execute("RELEASE change");
    }
}

std::vector<std::exception_ptr> Database::fail_all(std::size_t count, const std::exception_ptr& failure) {
    if (!connection_.idle()) connection_.execute("ROLLBACK");
    return std::vector<std::exception_ptr>(count, failure);
}

void Database::apply_one(const Change& change) {
    for (const auto& key : change.erase) erase(key);
    for (const auto& record : change.put) put(record);
}

void Database::put(const Record& record) {
    put_->bind(1, record.kind);
    put_->bind_blob(2, bytes_of(record.uuid));
    put_->bind(3, record.name);
    put_->bind(4, std::int64_t{record.autostart});
    put_->bind(5, record.definition);
    put_->bind(6, record.live);
    put_->bind(7, record.runtime);
    put_->bind(8, checksum_of(record));
    put_->run();
}

void Database::erase(const Key& key) {
    erase_->bind(1, key.first);
    erase_->bind_blob(2, bytes_of(key.second));
    erase_->run();
}

void Database::checkpoint() {
    connection_.check(
        ::sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr));
    log_pages_ = 0;
    ::sqlite3_db_release_memory(connection_.get());
}

void Database::finish() {
    connection_.check(::sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                                  nullptr, nullptr));
    log_pages_ = 0;
}

void DatabaseCopy::End::operator()(sqlite3_backup* backup) const noexcept { ::sqlite3_backup_finish(backup); }

DatabaseCopy::DatabaseCopy(Database& source, std::string path)
    : path_{std::move(path)}, partial_{path_ + ".new"} {
    std::filesystem::remove(partial_);
    target_.emplace(partial_, Connection::Mode::Create);
    target_->execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64");
    backup_.reset(::sqlite3_backup_init(target_->get(), "main", source.connection().get(), "main"));
    if (!backup_) target_->fail(::sqlite3_errcode(target_->get()));
}

DatabaseCopy::~DatabaseCopy() = default;

bool DatabaseCopy::step() {
    int result = ::sqlite3_backup_step(backup_.get(), copy_pages);
    if (result == SQLITE_OK) return false;
    if (result != SQLITE_DONE) target_->fail(result);
    finish();
    return true;
}

void DatabaseCopy::finish() {
    backup_.reset();
    target_.reset();
    sync_file(partial_);
    std::filesystem::rename(partial_, path_);
    sync_directory_of(path_);
}

} // namespace vireo::store
