// SPDX-License-Identifier: Apache-2.0
#include "store/recovery.hpp"

#include "base/log.hpp"
#include "store/files.hpp"
#include "store/log_check.hpp"

#include <fmt/format.h>

#include <map>

namespace vireo::store {

namespace {
namespace fs = std::filesystem;
constexpr log::Source log{"store"};

fs::path with(const fs::path& file, std::string_view suffix) { return file.string().append(suffix); }

fs::path free_name_beside(const fs::path& file) {
    int number = 1;
    auto name = [&] { return with(file, fmt::format(".damaged-{}", number)); };
    while (fs::exists(name()) || fs::exists(with(name(), "-wal"))) ++number;
    return name();
}

/// The damaged file and its log get second names. They keep the first ones until the new file takes their
/// place, so that dying in between only means to begin again.
void set_aside(const fs::path& file) {
    auto aside = free_name_beside(file);
    for (const char* suffix : {"-wal", ""})
        if (fs::exists(with(file, suffix))) fs::create_hard_link(with(file, suffix), with(aside, suffix));
    log.error("the damaged state store is kept as '{}'", aside.string());
}

using Records = std::map<Key, Record>;

void add_what_can_be_read(Records& records, const fs::path& file) {
    if (!fs::exists(file)) return;
    try {
        Database damaged{file, Connection::Mode::Existing};
        for (auto& record : damaged.salvage()) {
            Key key{record.kind, record.uuid};
            records[std::move(key)] = std::move(record);
        }
    } catch (const SqliteError& error) {
        if (!error.damaged_file()) throw;
        log.error("nothing can be read from '{}': {}", file.string(), error.what());
    }
}

void fill(const fs::path& file, Records records) {
    fs::remove(file);
    fs::remove(with(file, "-wal"));
    Database fresh{file, Connection::Mode::Create};
    Change all;
    for (auto& [key, record] : records) all.put.push_back(std::move(record));
    const Change* only = &all;
    if (auto failure = fresh.apply({&only, 1}).front()) std::rethrow_exception(failure);
    fresh.finish();
}

/// The newer word, that of the damaged file, goes before the copy's.
void rebuild(const fs::path& file) {
    Records records;
    add_what_can_be_read(records, copy_of(file));
    auto from_copy = records.size();
    add_what_can_be_read(records, file);
    auto next = with(file, ".new");
    fill(next, std::move(records));
    fs::remove(with(next, "-wal"));
    set_aside(file);
    fs::remove(with(file, "-wal")); // before the rename: a log must never meet another database
    fs::rename(next, file);
    sync_directory_of(file);
    log.error("the state store '{}' was rebuilt; {} records were known from the copy of the last clean start",
              file.string(), from_copy);
}

Opening open(const fs::path& file, Connection::Mode mode) {
    Opening opening;
    opening.database = std::make_unique<Database>(file, mode);
    opening.damaged_rows = opening.database->verify();
    return opening;
}
} // namespace

fs::path copy_of(const fs::path& file) { return with(file, ".copy"); }

/// SQLite goes on with what is in the log before the damage: an older state, whole in itself.
void set_log_aside(const fs::path& file) {
    auto aside = with(free_name_beside(file), "-wal");
    fs::copy_file(with(file, "-wal"), aside); // the log itself is written on
    log.error("the log of the state store '{}' is damaged: what was changed last is lost; it is kept as '{}'",
              file.string(), aside.string());
}

Opening open_or_recover(const fs::path& file) {
    bool has_copy = fs::exists(copy_of(file));
    if (!fs::exists(file) && !has_copy) return open(file, Connection::Mode::Create);
    try {
        if (fs::exists(file)) {
            bool log_is_damaged = is_log_damaged(with(file, "-wal"));
            if (log_is_damaged) set_log_aside(file);
            auto opening = open(file, has_copy ? Connection::Mode::Existing : Connection::Mode::Create);
            if (log_is_damaged) opening.database->finish(); // else its rest would be found again
            opening.recovered = log_is_damaged;
            return opening;
        }
        log.error("the state store '{}' is gone; its copy is used", file.string());
    } catch (const SqliteError& error) {
        if (!error.damaged_file()) throw;
        log.error("{}", error.what());
    }
    rebuild(file);
    auto opening = open(file, Connection::Mode::Existing);
    opening.recovered = true;
    return opening;
}

} // namespace vireo::store
