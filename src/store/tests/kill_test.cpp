// SPDX-License-Identifier: Apache-2.0
// The test program starts itself as a victim, which writes to a store and says which changes were
// acknowledged, until it is killed with -9. Then what the store holds is compared with what it said.
#include "store/tests/fixture.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstring>
#include <map>
#include <random>
#include <string_view>

namespace vireo::store {

constexpr int writers = 6;

/// The state of a writer after its change number `version`: two records with equal content, or none.
bool absent_at(int version) { return version % 4 == 0; }

Change change_to(int writer, int version) {
    auto text = fmt::format("{}", version) + std::string(static_cast<std::size_t>(version % 7) * 700, ' ');
    auto first = record_of(writer, text), second = record_of(writer + 100, text);
    Change change;
    if (absent_at(version))
        change.erase = {key_of(first), key_of(second)};
    else
        change.put = {first, second};
    return change;
}

awaitable<void> write_for_ever(Store* store, int writer) {
    for (int version = 1;; ++version) {
        auto change = change_to(writer, version);
        co_await store->commit(std::move(change));
        auto line = fmt::format("{} {}\n", writer, version);
        if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) co_return;
    }
}

int be_victim(const char* file) {
    asio::io_context loop;
    Store store{loop.get_executor(), file};
    for (int writer = 0; writer < writers; ++writer)
        asio::co_spawn(loop, write_for_ever(&store, writer), asio::detached);
    asio::co_spawn(loop, store.keep_copy(), asio::detached);
    loop.run();
    return 1;
}

class Kill : public StoreTest {
protected:
    /// Kills a victim after `count` acknowledgements; returns the last one of each writer.
    std::map<int, int> run_victim(int count) {
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        auto victim = ::fork();
        if (victim == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::execl("/proc/self/exe", "store_test", "--victim", file.c_str(), nullptr);
            ::_exit(1);
        }
        ::close(ends[1]);
        std::string said;
        char chunk[64];
        for (ssize_t got = 0; (got = ::read(ends[0], chunk, sizeof chunk)) > 0;) {
            said.append(chunk, static_cast<std::size_t>(got));
            if (std::ranges::count(said, '\n') >= count) ::kill(victim, SIGKILL);
        }
        ::close(ends[0]);
        ::waitpid(victim, nullptr, 0);
        return acknowledged(said);
    }
    static std::map<int, int> acknowledged(std::string_view said) {
        std::map<int, int> last;
        for (std::size_t end = 0; (end = said.find('\n')) != said.npos; said.remove_prefix(end + 1)) {
            int writer = said[0] - '0', version = 0;
            std::from_chars(said.data() + 2, said.data() + end, version);
            last[writer] = version;
        }
        return last;
    }
    /// The version that the store holds of a record, or nothing.
    static std::optional<int> version_of(const std::vector<Record>& records, int number) {
        auto found = std::ranges::find(records, record_of(number).uuid, &Record::uuid);
        if (found == records.end()) return std::nullopt;
        return std::stoi(found->definition);
    }
};

TEST_F(Kill, LosesNothingThatWasAcknowledged) {
    std::mt19937 random{20261120}; // NOLINT(bugprone-random-generator-seed): the same each time
    for (int round = 0; round < 40; ++round) {
        auto last = run_victim(static_cast<int>(random() % 120));
        auto records = reload();
        EXPECT_FALSE(recovered);
        EXPECT_EQ(damaged_rows, 0U);
        for (int writer = 0; writer < writers; ++writer) {
            auto stored = version_of(records, writer);
            EXPECT_EQ(stored, version_of(records, writer + 100)) << "half a change";
            if (!last.contains(writer)) continue; // it may hold anything of the round before
            int acknowledged = last[writer], next = acknowledged + 1;
            bool as_told = absent_at(acknowledged) ? !stored : stored == acknowledged;
            bool one_further = absent_at(next) ? !stored : stored == next;
            EXPECT_TRUE(as_told || one_further)
                << "acknowledged " << acknowledged << ", stored " << stored.value_or(0);
        }
    }
}

} // namespace vireo::store

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view{argv[1]} == "--victim") return vireo::store::be_victim(argv[2]);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
