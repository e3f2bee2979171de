// SPDX-License-Identifier: Apache-2.0
#include "qemu/log_keeper.hpp"

#include "async/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <fstream>

namespace vireo::qemu {

namespace {
struct Folder {
    Folder() {
        char name[] = "/tmp/vireo-logs-XXXXXX";
        path = ::mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

void append(const std::filesystem::path& file, const std::string& text) {
    std::ofstream{file, std::ios::app} << text;
}
std::string content(const std::filesystem::path& file) {
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
}
} // namespace

TEST(LogKeeper, CutsALogAndKeepsThreeCopies) {
    Folder folder;
    auto file = folder.path / "web.log";
    std::ofstream writer{file, std::ios::app}; // as QEMU has it
    for (const auto* text : {"one", "two", "three", "four", "five"}) {
        writer << text << std::flush;
        cut_log(file, 2);
        EXPECT_EQ(content(file), "");
    }
    EXPECT_EQ(content(folder.path / "web.log.0"), "five");
    EXPECT_EQ(content(folder.path / "web.log.2"), "three");
    EXPECT_FALSE(std::filesystem::exists(folder.path / "web.log.3"));
    append(file, "x");
    cut_log(file, 2); // small enough
    EXPECT_EQ(content(file), "x");
    remove_log(file);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path));
}

TEST(LogKeeper, SeesThatALogGrows) {
    Folder folder;
    asio::io_context loop;
    LogKeeper keeper{loop.get_executor(), folder.path / "logs", 10};
    async::TaskGroup tasks{loop.get_executor()};
    tasks.spawn(keeper.work(std::chrono::milliseconds{1}));
    auto file = folder.path / "logs/web.log";
    append(file, "this is too much");
    append(folder.path / "logs/other", "this is too much and no log");
    auto copy = folder.path / "logs/web.log.0";
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (content(copy).empty() && std::chrono::steady_clock::now() < end)
        loop.run_one_for(std::chrono::milliseconds{10});
    EXPECT_EQ(content(copy), "this is too much");
    auto stopped = asio::co_spawn(loop, tasks.stop(), asio::use_future);
    loop.restart();
    loop.run();
    stopped.get();
    EXPECT_EQ(content(file), "");
    EXPECT_FALSE(std::filesystem::exists(folder.path / "logs/other.0"));
}

} // namespace vireo::qemu
