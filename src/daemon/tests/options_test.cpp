// SPDX-License-Identifier: Apache-2.0
#include "daemon/options.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace vireo::daemon {

Options parse(std::vector<std::string> words) {
    words.insert(words.begin(), "vireod");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    return parse_options(static_cast<int>(argv.size()), argv.data());
}

TEST(Options, TakeAValueEitherWay) {
    EXPECT_EQ(parse({"--root", "/srv/v"}).root, "/srv/v");
    EXPECT_EQ(parse({"--root=/srv/v", "-d"}).root, "/srv/v");
    EXPECT_TRUE(parse({"-d"}).in_background);
    EXPECT_EQ(parse({"--list-procedures"}).action, Options::Action::ListProcedures);
    EXPECT_TRUE(parse({"--root", "here"}).root.is_absolute());
}

TEST(Options, AreThoseOfLibvirtdToo) {
    using std::chrono_literals::operator""s;
    EXPECT_EQ(parse({"--timeout=120"}).timeout, 120s);
    EXPECT_EQ(parse({"-t", "5"}).timeout, 5s);
    EXPECT_EQ(parse({"-t5"}).timeout, 5s);
    auto several = parse({"-dvf/etc/x.conf", "-p", "/run/x.pid"});
    EXPECT_TRUE(several.in_background && several.verbose);
    EXPECT_EQ(several.configuration, "/etc/x.conf");
    EXPECT_EQ(several.pid_file, "/run/x.pid");
    EXPECT_TRUE(parse({"--session"}).session);
    EXPECT_EQ(parse({"-V"}).action, Options::Action::PrintVersion);
    EXPECT_EQ(parse({"--host-name", "a"}).host_name, "a");
}

TEST(Options, RefuseToListenWhereNothingListens) {
    for (const auto* option : {"-l", "--listen"}) {
        try {
            parse({option});
            ADD_FAILURE() << option << " was taken";
        } catch (const Error& error) {
            EXPECT_NE(std::string_view{error.what()}.find("TCP and TLS"), std::string_view::npos);
        }
    }
}

class BadOptions : public testing::TestWithParam<std::vector<std::string>> {};
TEST_P(BadOptions, AreRefused) { EXPECT_THROW(parse(GetParam()), Error); }
INSTANTIATE_TEST_SUITE_P(
    Lines, BadOptions,
    testing::Values(std::vector<std::string>{"--rot", "/x"}, std::vector<std::string>{"--root"},
                    std::vector<std::string>{"--root="}, std::vector<std::string>{"--daemon=1"},
                    std::vector<std::string>{"--timeout=0"}, std::vector<std::string>{"-t", "soon"},
                    std::vector<std::string>{"-t"}, std::vector<std::string>{"-dx"},
                    std::vector<std::string>{"-"}, std::vector<std::string>{"--"},
                    std::vector<std::string>{"--session", "--root", "/x"}, std::vector<std::string>{"stray"},
                    std::vector<std::string>{""}));

TEST(Options, HelpNamesEach) {
    auto help = help_text();
    for (auto name : {"--root DIR", "-d, --daemon", "--list-procedures", "--version"})
        EXPECT_NE(help.find(name), help.npos) << name;
}

} // namespace vireo::daemon
