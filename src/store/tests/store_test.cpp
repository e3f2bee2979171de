// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "store/sqlite.hpp"
#include "store/tests/fixture.hpp"

#include <boost/asio/detached.hpp>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

namespace vireo::store {

TEST_F(StoreTest, KeepsAllOfARecord) {
    auto full = record_of(1, "<domain>\n\xc3\xa4</domain>");
    full.name = std::string("odd\0name", 8);
    full.autostart = true;
    full.live = "<domain id='1'/>";
    full.runtime = R"({"pid": 7})";
    auto other = full;
    other.kind = "network";
    put_and_close({full, other});
    EXPECT_EQ(reload(), (std::vector<Record>{full}));
}

TEST_F(StoreTest, ReplacesAndErases) {
    put_and_close({record_of(1), record_of(2), record_of(3)});
    auto renamed = record_of(2);
    renamed.name = "guest-9";
    with_store([&](Store& store) {
        Change change;
        change.put = {renamed};
        change.erase = {key_of(record_of(1)), key_of(record_of(77))};
        return store.commit(std::move(change));
    });
    EXPECT_EQ(reload(), (std::vector<Record>{record_of(3), renamed}));
}

TEST_F(StoreTest, WhatWasErasedMayBePutAgainInTheSameChange) {
    put_and_close({record_of(1, "old")});
    with_store([&](Store& store) {
        Change change;
        change.put = {record_of(1, "new")};
        change.erase = {key_of(record_of(1))};
        return store.commit(std::move(change));
    });
    EXPECT_EQ(reload(), (std::vector<Record>{record_of(1, "new")}));
}

TEST_F(StoreTest, WritersShareTransactions) {
    constexpr int writers = 32, rounds = 10;
    auto write = [](Store* store, int writer, int* running) -> awaitable<void> {
        for (int round = 0; round < rounds; ++round) {
            Change change;
            change.put.push_back(record_of(writer, fmt::format("<round>{}</round>", round)));
            co_await store->commit(std::move(change));
        }
        --*running;
    };
    asio::io_context loop;
    Store store{loop.get_executor(), file};
    int running = writers;
    for (int writer = 0; writer < writers; ++writer)
        asio::co_spawn(loop, write(&store, writer, &running), asio::detached);
    loop.run();
    EXPECT_EQ(running, 0);
    EXPECT_EQ(store.statistics().changes, 320U);
    EXPECT_LE(store.statistics().transactions, 12U);
    loop.restart();
    asio::co_spawn(loop, store.close(), asio::detached);
    loop.run();
    EXPECT_EQ(reload().size(), 32U);
}

awaitable<void> commit_expecting(Store* store, Change change, bool success) {
    bool succeeded = true;
    try {
        co_await store->commit(std::move(change));
    } catch (const Error& error) {
        succeeded = false;
        EXPECT_EQ(error.code, ErrorCode::SystemError);
        EXPECT_NE(std::string{error.what()}.find("state.db"), std::string::npos) << error.what();
    }
    EXPECT_EQ(succeeded, success);
}

/// A text that SQLite refuses by its size (a billion bytes) costs too much here; a trigger of this file
/// refuses instead.
TEST_F(StoreTest, AFailingChangeTakesNoneAlong) {
    put_and_close({record_of(1)});
    {
        Connection connection{file, Connection::Mode::Existing};
        connection.execute("CREATE TRIGGER refuse BEFORE INSERT ON record WHEN NEW.name = 'guest-3' "
                           "BEGIN SELECT RAISE(FAIL, 'not this one'); END");
    }
    asio::io_context loop;
    Store store{loop.get_executor(), file};
    Change good{.put = {record_of(2)}}, bad{.put = {record_of(4), record_of(3)}}, last{.put = {record_of(5)}};
    asio::co_spawn(loop, commit_expecting(&store, good, true), asio::detached);
    asio::co_spawn(loop, commit_expecting(&store, bad, false), asio::detached);
    asio::co_spawn(loop, commit_expecting(&store, last, true), asio::detached);
    loop.run();
    EXPECT_EQ(store.statistics().transactions, 1U);
    loop.restart();
    asio::co_spawn(loop, store.close(), asio::detached);
    loop.run();
    EXPECT_EQ(reload(), (std::vector<Record>{record_of(1), record_of(2), record_of(5)}));
}

/// The kernel refuses to let the file grow, as a full disk would.
class FullDisk {
public:
    explicit FullDisk(std::uint64_t bytes) : handler_{::signal(SIGXFSZ, SIG_IGN)} {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit tight{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &tight);
    }
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    sighandler_t handler_;
    rlimit before_{};
};

TEST_F(StoreTest, AFullDiskLeavesTheOldStateAndIsOvercome) {
    put_and_close({record_of(1), record_of(2)});
    auto big = record_of(1, std::string(1 << 20, 'x'));
    Change too_much, little;
    too_much.put = {big, record_of(3)};
    little.put = {record_of(4)};
    auto fill_up = [&](Store& store) -> awaitable<void> {
        {
            FullDisk full{200'000};
            co_await commit_expecting(&store, too_much, false);
            co_await commit_expecting(&store, little, true);
        }
        EXPECT_EQ(store.load("qemu-domain").size(), 3U);
        co_await put(store, big);
    };
    with_store(fill_up);
    EXPECT_EQ(reload(), (std::vector<Record>{big, record_of(2), record_of(4)}));
}

TEST_F(StoreTest, AFullDiskDuringACheckpointLosesNothing) {
    asio::io_context loop;
    {
        Store store{loop.get_executor(), file};
        Change change;
        for (int i = 0; i < 5; ++i) change.put.push_back(record_of(i, std::string(1 << 20, 'a')));
        bool committed = false;
        asio::co_spawn(loop, commit_expecting(&store, change, true),
                       [&](const std::exception_ptr&) { committed = true; });
        while (!committed) loop.run_one(); // the checkpoint is due when it was quiet for a while
        FullDisk full{0};
        loop.run();
        EXPECT_EQ(store.load("qemu-domain").size(), 5U);
        loop.restart();
        auto closed = asio::co_spawn(loop, store.close(), asio::use_future);
        loop.run();
        EXPECT_THROW(closed.get(), Error) << "closing must tell of the failed checkpoint";
    }
    EXPECT_EQ(reload().size(), 5U);
}

TEST_F(StoreTest, BelongsToOneProcessAtATime) {
    asio::io_context loop;
    Store store{loop.get_executor(), file};
    EXPECT_THROW((Store{loop.get_executor(), file}), Error);
}

TEST_F(StoreTest, IsClosedForGood) {
    asio::io_context loop;
    Store store{loop.get_executor(), file};
    asio::co_spawn(loop, store.close(), asio::detached);
    loop.run();
    loop.restart();
    auto late = asio::co_spawn(loop, store.commit(Change{}), asio::use_future);
    loop.run();
    EXPECT_THROW(late.get(), Error);
    EXPECT_FALSE(std::filesystem::exists(file.string() + "-wal") &&
                 std::filesystem::file_size(file.string() + "-wal") > 0);
}

TEST_F(StoreTest, RefusesTheFormatOfANewerVersion) {
    put_and_close({record_of(1)});
    Connection{file, Connection::Mode::Existing}.execute("PRAGMA user_version = 99");
    EXPECT_THROW(reload(), Error);
    EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(StoreTest, CommitsGoOnWhileTheCopyIsMade) {
    auto use = [](Store& store) -> awaitable<void> {
        for (int i = 0; i < 4; ++i) co_await put(store, record_of(i, std::string(1 << 20, 'a')));
        bool copied = false;
        asio::co_spawn(co_await asio::this_coro::executor, store.keep_copy(),
                       [&](const std::exception_ptr& failure) { copied = !failure; });
        while (!copied) co_await put(store, record_of(9));
    };
    with_store(use);
    std::filesystem::remove(file);
    EXPECT_EQ(reload().size(), 5U);
    EXPECT_TRUE(recovered);
}

} // namespace vireo::store
