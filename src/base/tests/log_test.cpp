// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/log_output.hpp"
#include "base/log_settings.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace vireo::log {
namespace {

class Log : public testing::Test {
protected:
    Log() { std::filesystem::create_directory(directory_); }
    ~Log() override {
        set_level(Level::Info);
        set_filters("");
        set_outputs("");
        std::filesystem::remove_all(directory_);
    }
    std::string path(std::string_view name) const { return (directory_ / name).native(); }
    std::string read(std::string_view name) const {
        std::stringstream text;
        text << std::ifstream{path(name)}.rdbuf();
        return text.str();
    }
    std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() / fmt::format("vireo-log-{}", ::getpid());
};

struct Formatted {};
} // namespace
} // namespace vireo::log

template <> struct fmt::formatter<vireo::log::Formatted> {
    constexpr auto parse(auto& context) { return context.begin(); }
    auto format(const vireo::log::Formatted&, auto& context) const {
        ADD_FAILURE() << "a message that nobody wants was formatted";
        return context.out();
    }
};

namespace vireo::log {
namespace {

TEST_F(Log, EachOutputTakesMessagesFromItsLevelOn) {
    set_outputs(fmt::format("2:file:{} 4:file:{}", path("all"), path("bad")));
    Source source{"qemu"};
    source.info("one");
    source.error("two");
    EXPECT_NE(read("all").find("info: qemu: one\n"), std::string::npos);
    EXPECT_NE(read("all").find("error: qemu: two\n"), std::string::npos);
    EXPECT_EQ(read("bad").find("one"), std::string::npos);
    EXPECT_NE(read("bad").find("two"), std::string::npos);
}

TEST_F(Log, TheFirstFilterThatMatchesDecides) {
    set_outputs(fmt::format("1:file:{}", path("log")));
    set_filters("4:qemu.monitor 1:qemu 3:r?c");
    Source{"qemu"}.debug("a");
    Source{"qemu.monitor"}.warning("b");
    Source{"rpc"}.info("c");
    Source{"rpc"}.warning("d");
    Source{"daemon"}.debug("e");
    Source{"daemon"}.info("f");
    auto text = read("log");
    for (const auto* wanted : {": a\n", ": d\n", ": f\n"}) EXPECT_NE(text.find(wanted), std::string::npos);
    for (const auto* hidden : {": b\n", ": c\n", ": e\n"}) EXPECT_EQ(text.find(hidden), std::string::npos);
}

TEST_F(Log, WhatNobodyWantsIsNotFormatted) {
    set_filters("1:qemu 4:rpc");
    set_outputs(fmt::format("2:file:{}", path("log")));
    Source{"qemu"}.debug("{}", Formatted{}); // no output takes it
    Source{"daemon"}.debug("{}", Formatted{});
    Source{"rpc"}.info("{}", Formatted{});
}

TEST_F(Log, ReopensFilesThatWereMovedAway) {
    set_outputs(fmt::format("1:file:{}", path("log")));
    Source source{"daemon"};
    source.info("before");
    std::filesystem::rename(path("log"), path("log.1"));
    source.info("still");
    configure(level(), filters(), outputs());
    source.info("after");
    EXPECT_NE(read("log.1").find("still"), std::string::npos);
    EXPECT_EQ(read("log").find("still"), std::string::npos);
    EXPECT_NE(read("log").find("after"), std::string::npos);
}

TEST_F(Log, SaysHowItIsSet) {
    EXPECT_EQ(outputs(), "1:stderr");
    set_outputs("  3:stderr  4:journald 1:syslog:vireod");
    EXPECT_EQ(outputs(), "3:stderr 4:journald 1:syslog:vireod");
    set_filters("1:qemu\t3:rpc ");
    EXPECT_EQ(filters(), "1:qemu 3:rpc");
    set_level(Level::Warning);
    EXPECT_EQ(level(), Level::Warning);
}

TEST_F(Log, RefusesBadTextsAndKeepsWhatItHad) {
    set_filters("1:qemu");
    for (const auto* text : {"qemu", "0:qemu", "5:qemu", "1:", "1", ":qemu", "1:qemu x"})
        EXPECT_THROW(set_filters(text), Error) << text;
    EXPECT_EQ(filters(), "1:qemu");
    set_outputs("3:stderr");
    for (const auto* text : {"stderr", "1:nowhere", "1:file", "1:file:", "1:file:relative", "1:syslog",
                             "1:stderr:x", "1:file:/nonexistent/directory/log"})
        EXPECT_THROW(set_outputs(text), Error) << text;
    EXPECT_THROW(configure(Level::Error, "4:rpc", "1:nowhere"), Error);
    EXPECT_EQ(outputs(), "3:stderr");
    EXPECT_EQ(filters(), "1:qemu");
    EXPECT_EQ(level(), Level::Info);
}

class DatagramLog : public Log {
protected:
    DatagramLog() : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path("socket").copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    std::string receive() {
        std::array<char, 4096> bytes{};
        auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
    }
    Fd socket_;
};

TEST_F(DatagramLog, SyslogGetsPriorityNameAndProcess) {
    open_syslog("vireod", path("socket"))->write({Level::Warning, {0, 0}, "qemu", "look"});
    auto text = receive();
    EXPECT_TRUE(text.starts_with("<28>")) << text; // facility 3 * 8 + severity 4
    EXPECT_NE(text.find(fmt::format(" vireod[{}]: qemu: look", ::getpid())), std::string::npos) << text;
}

TEST_F(DatagramLog, JournaldGetsFieldsAndTheMessageByLength) {
    open_journald("vireod", path("socket"))->write({Level::Error, {0, 0}, "qemu", "two\nlines"});
    auto text = receive();
    EXPECT_TRUE(text.starts_with("PRIORITY=3\nSYSLOG_IDENTIFIER=vireod\n")) << text;
    using namespace std::string_literals;
    EXPECT_TRUE(text.ends_with("MESSAGE\n\x09\0\0\0\0\0\0\0two\nlines\n"s)) << text;
}

TEST_F(Log, ASocketWithoutListenerHoldsNobodyUp) {
    auto output = open_syslog("vireod", path("nobody"));
    output->write({Level::Error, {0, 0}, "qemu", "lost"});
    EXPECT_FALSE(std::filesystem::exists(path("nobody")));
}

} // namespace
} // namespace vireo::log
