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
