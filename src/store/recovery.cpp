// SPDX-License-Identifier: Apache-2.0
#include "store/recovery.hpp"

#include "base/log.hpp"
#include "store/files.hpp"

#include <fmt/format.h>

#include <map>

namespace vireo::store {

namespace {
namespace fs = std::filesystem;
constexpr log::Source log{"store"};

fs::path with(const fs::path& file, std::string_view suffix) { return file.string().append(suffix); }

/// The damaged file and its log get second names. They keep the first ones until the new file takes their
/// place, so that dying in between only means to begin again.
void set_aside(const fs::path& file) {
    int number = 1;
    while (fs::exists(with(file, fmt::format(".damaged-{}", number)))) ++number;
    auto aside = with(file, fmt::format(".damaged-{}", number));
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

Opening open_or_recover(const fs::path& file) {
    bool has_copy = fs::exists(copy_of(file));
    if (!fs::exists(file) && !has_copy) return open(file, Connection::Mode::Create);
    try {
        if (fs::exists(file))
            return open(file, has_copy ? Connection::Mode::Existing : Connection::Mode::Create);
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
