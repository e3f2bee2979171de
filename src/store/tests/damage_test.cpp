// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.hpp"
#include "store/tests/fixture.hpp"

#include <fstream>
#include <iterator>
#include <random>

namespace vireo::store {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

/// Replaces a database; the log of the one before would not fit.
void write_to(const fs::path& file, const std::string& content) {
    std::ofstream{file, std::ios::binary} << content;
    fs::remove(file.string() + "-wal");
}

/// Twenty records, two to a page or so.
class Damage : public StoreTest {
protected:
    Damage() {
        for (int i = 10; i < 30; ++i)
            records.push_back(record_of(i, fmt::format("<{}>", i) + std::string(1500, 'd')));
        put_and_close(records);
    }
    std::vector<Record> records;
};

TEST_F(Damage, OfARowSetsOnlyThatRowAside) {
    auto content = content_of(file);
    content[content.find("<17>") + 1000] ^= 1;
    write_to(file, content);
    auto left = reload();
    EXPECT_EQ(damaged_rows, 1U);
    EXPECT_FALSE(recovered);
    EXPECT_EQ(std::erase_if(records, [](const Record& record) { return record.name == "guest-17"; }), 1U);
    EXPECT_EQ(left, records);
    EXPECT_EQ(reload(), records);
    EXPECT_EQ(damaged_rows, 0U); // told once
    Connection connection{file, Connection::Mode::Existing};
    Statement aside{connection, "SELECT name FROM damaged_record"};
    ASSERT_TRUE(aside.step());
    EXPECT_EQ(aside.text(0), "guest-17");
}

TEST_F(Damage, OfThePageStructureIsMadeGoodFromTheCopy) {
    keep_copy();
    auto newer = record_of(30, "after the copy");
    put_and_close({newer});
    auto content = content_of(file);
    auto page = content.find("<20>") / 4096 * 4096;
    content.replace(page, 16, 16, '\xff');
    write_to(file, content);
    records.push_back(newer);
    EXPECT_EQ(reload(), records);
    EXPECT_TRUE(recovered);
    EXPECT_EQ(content_of(file.string() + ".damaged-1"), content);
    EXPECT_EQ(reload(), records);
    EXPECT_FALSE(recovered);
}

TEST_F(Damage, OfTheHeaderLeavesTheCopy) {
    keep_copy();
    auto content = content_of(file);
    write_to(file, content.replace(0, 16, 16, 'z'));
    EXPECT_EQ(reload(), records);
    EXPECT_TRUE(recovered);
}

TEST_F(Damage, WithoutACopyKeepsWhatCanBeRead) {
    auto content = content_of(file);
    content.replace(content.find("<20>") / 4096 * 4096, 16, 16, '\xff');
    write_to(file, content);
    auto left = reload();
    EXPECT_TRUE(recovered);
    EXPECT_GE(left.size(), 17U);
    EXPECT_LT(left.size(), 20U);
    for (const auto& record : left) EXPECT_EQ(std::ranges::count(records, record), 1);
}

TEST_F(Damage, ByTruncationIsMadeGoodFromTheCopy) {
    keep_copy();
    const auto content = content_of(file);
    for (auto left : {content.size() / 2, size_t{5000}, size_t{4096}, size_t{100}, size_t{1}, size_t{0}}) {
        write_to(file, content.substr(0, left));
        EXPECT_EQ(reload(), records) << left;
        EXPECT_TRUE(recovered) << left;
    }
}

TEST_F(Damage, OfBothFilesIsNoReasonNotToStart) {
    keep_copy();
    write_to(file, std::string(10000, 'x'));
    write_to(file.string() + ".copy", std::string(10000, 'y'));
    EXPECT_TRUE(reload().empty());
    EXPECT_TRUE(recovered);
}

/// A daemon that was killed leaves its log. Each transaction is in it, and can be damaged there.
class LogDamage : public StoreTest {
protected:
    /// The database and its log as a killed daemon leaves them, with three transactions in the log.
    LogDamage() {
        put_and_close({record_of(1)});
        auto log = file.string() + "-wal";
        with_store([&](Store& store) -> awaitable<void> {
            for (int i = 2; i < 5; ++i)
                co_await put(store, record_of(i, fmt::format("<{}>", i) + std::string(500, 'd')));
            killed_file = content_of(file);
            killed_log = content_of(log);
        });
    }
    std::vector<Record> after_flip_at(std::size_t place) {
        std::ofstream{file, std::ios::binary} << killed_file;
        auto log = killed_log;
        log[place] ^= 1;
        std::ofstream{file.string() + "-wal", std::ios::binary} << log;
        return reload();
    }
    std::string killed_file, killed_log;
};

TEST_F(LogDamage, BeforeTheLastTransactionIsNoticed) {
    auto first = killed_log.find("<2>"), last = killed_log.rfind("<4>");
    ASSERT_NE(first, std::string::npos);
    testing::internal::CaptureStderr();
    auto left = after_flip_at(first);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("damaged"), std::string::npos);
    EXPECT_LT(left.size(), 4U);
    EXPECT_TRUE(recovered);
    EXPECT_TRUE(fs::exists(file.string() + ".damaged-1-wal"));
    EXPECT_EQ(reload(), left);
    EXPECT_FALSE(recovered); // told once
    EXPECT_EQ(after_flip_at(last).size(), 3U);
    EXPECT_FALSE(recovered); // as if the power had failed while it was written
}

TEST_F(LogDamage, IsNotSeenInALogThatIsWellOrEndsTooEarly) {
    for (auto size :
         {killed_log.size(), killed_log.size() - 1, killed_log.size() / 2, std::size_t{40}, std::size_t{0}}) {
        std::ofstream{file, std::ios::binary} << killed_file;
        std::ofstream{file.string() + "-wal", std::ios::binary} << killed_log.substr(0, size);
        EXPECT_EQ(reload().size() == 4, size == killed_log.size()) << size;
        EXPECT_FALSE(recovered) << size;
    }
}

/// Wherever one bit flips, each record either comes back as it was or is missing and said to be damaged.
TEST_F(Damage, AnywhereIsNoticed) {
    keep_copy();
    const auto content = content_of(file);
    std::mt19937 random{20261120}; // NOLINT(bugprone-random-generator-seed): the same each time
    testing::internal::CaptureStderr();
    for (int round = 0; round < 150; ++round) {
        auto flipped = content;
        auto bit = random() % (content.size() * 8);
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        write_to(file, flipped);
        auto left = reload();
        EXPECT_EQ(left.size() + damaged_rows, records.size()) << "bit " << bit;
        for (const auto& record : left) EXPECT_EQ(std::ranges::count(records, record), 1) << "bit " << bit;
        for (const auto& entry : fs::directory_iterator{directory})
            if (entry.path().filename().string().starts_with("state.db.damaged")) fs::remove(entry);
    }
    testing::internal::GetCapturedStderr();
}

} // namespace vireo::store
