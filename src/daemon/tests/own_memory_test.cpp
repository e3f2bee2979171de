// SPDX-License-Identifier: Apache-2.0
#include "daemon/own_memory.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

namespace vireo::daemon {
namespace {

/// Pages of programs and libraries that we hold, in KiB (proc(5), RssFile).
long held_of_files() {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;)
        if (long amount = 0; word == "RssFile:" && status >> amount) return amount;
    return -1;
}

TEST(OwnMemory, IsGivenBackAndUsedAgain) {
    auto text = std::make_unique<std::string>("what is written stays");
    auto before = held_of_files();
    return_memory();
    EXPECT_LT(held_of_files(), before);
    EXPECT_EQ(*text, "what is written stays");
    EXPECT_THROW(throw std::runtime_error{"the tables of exceptions come back too"}, std::runtime_error);
}

TEST(OwnMemory, IsGivenBackOnceAfterABusyTime) {
    asio::io_context loop;
    MemoryReturn memory_return{loop.get_executor()};
    for (int i = 0; i < 3; ++i) memory_return.was_busy();
    EXPECT_EQ(loop.run(), 3U) << "two that were cancelled and one";
    loop.restart();
    memory_return.was_busy();
    memory_return.stop();
    EXPECT_EQ(loop.run(), 1U);
}

} // namespace
} // namespace vireo::daemon
