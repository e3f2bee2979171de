// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "store/store.hpp"

#include <boost/asio/use_future.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <ostream>

namespace vireo::store {

/// A record whose content follows from its number.
inline Record record_of(int number, const std::string& definition = "<domain/>") {
    Record record{.kind = "qemu-domain", .uuid = {}, .name = fmt::format("guest-{}", number)};
    record.uuid.bytes[0] = static_cast<std::uint8_t>(number);
    record.uuid.bytes[1] = static_cast<std::uint8_t>(number >> 8);
    record.definition = definition;
    return record;
}

inline Key key_of(const Record& record) { return {record.kind, record.uuid}; }

/// For failures of comparisons.
inline void PrintTo(const Record& record,
                    std::ostream* stream) { // NOLINT(readability-identifier-naming): GoogleTest's
    *stream << record.name << " (" << record.definition.substr(0, 20) << ")";
}

/// A directory of its own, and stores in it.
class StoreTest : public testing::Test {
protected:
    StoreTest() {
        char path[] = "/tmp/vireo-store-XXXXXX";
        directory = ::mkdtemp(path);
        file = directory / "state.db";
    }
    ~StoreTest() override { std::filesystem::remove_all(directory); }

    /// Opens the store, lets `use` work with it on the loop, and closes it.
    void with_store(std::function<awaitable<void>(Store&)> use) {
        asio::io_context loop;
        Store store{loop.get_executor(), file};
        auto result = asio::co_spawn(loop, use_and_close(store, use), asio::use_future);
        loop.run();
        result.get();
    }
    static awaitable<void> use_and_close(Store& store, std::function<awaitable<void>(Store&)>& use) {
        std::exception_ptr failure;
        try {
            co_await use(store);
        } catch (...) { failure = std::current_exception(); }
        co_await store.close();
        if (failure) std::rethrow_exception(failure);
    }
    static awaitable<void> put(Store& store, Record record) {
        Change change;
        change.put.push_back(std::move(record));
        co_await store.commit(std::move(change));
    }
    void put_and_close(std::vector<Record> records) {
        with_store([&](Store& store) {
            Change change;
            change.put = std::move(records);
            return store.commit(std::move(change));
        });
    }
    void keep_copy() {
        with_store([](Store& store) { return store.keep_copy(); });
    }
    /// What a new daemon finds, by name.
    std::vector<Record> reload() {
        asio::io_context loop;
        Store store{loop.get_executor(), file};
        auto records = store.load("qemu-domain");
        std::ranges::sort(records, {}, &Record::name);
        damaged_rows = store.damaged_rows();
        recovered = store.recovered();
        return records;
    }

    std::filesystem::path directory, file;
    std::size_t damaged_rows = 0;
    bool recovered = false;
};

} // namespace vireo::store
