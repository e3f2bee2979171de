// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "cli/command_line.hpp"
#include "cli/program.hpp"

#include <gtest/gtest.h>

namespace vireo::cli {

struct Line {
    std::string_view text;
    std::vector<Words> commands;
};
class SplitCommands : public testing::TestWithParam<Line> {};
TEST_P(SplitCommands, FollowsTheShell) { EXPECT_EQ(split_commands(GetParam().text), GetParam().commands); }
INSTANTIATE_TEST_SUITE_P(Lines, SplitCommands,
                         testing::Values(Line{"", {}}, Line{" ; ;", {}},
                                         Line{"list --all", {{"list", "--all"}}},
                                         Line{"a 'b c' \"d \\\" e\" f\\ g", {{"a", "b c", "d \" e", "f g"}}},
                                         Line{"a; b c\nd", {{"a"}, {"b", "c"}, {"d"}}},
                                         Line{"a ''", {{"a", ""}}}, Line{"a # b ; c\nd#e", {{"a"}, {"d#e"}}},
                                         Line{"a';'b", {{"a;b"}}}));

TEST(SplitCommands, AnOpenQuoteIsAnError) {
    EXPECT_THROW(split_commands("a 'b"), Error);
    EXPECT_THROW(split_commands("a \"b\\\""), Error);
}

TEST(Invocation, OptionsStandBeforeTheCommand) {
    auto invocation = Invocation::parse({"-c", "qemu:///session", "-qr", "--timing", "list", "--all", "-x"});
    EXPECT_EQ(invocation.options.uri, "qemu:///session");
    EXPECT_TRUE(invocation.options.quiet && invocation.options.read_only && invocation.options.timing);
    EXPECT_EQ(invocation.commands, (std::vector<Words>{{"list", "--all", "-x"}}));
}

TEST(Invocation, OneWordMayHoldSeveralCommands) {
    auto invocation = Invocation::parse({"--connect=test:///default", "list; domid 'a b'"});
    EXPECT_EQ(invocation.options.uri, "test:///default");
    EXPECT_EQ(invocation.commands, (std::vector<Words>{{"list"}, {"domid", "a b"}}));
}

TEST(Invocation, UnknownOptionsAreErrors) {
    EXPECT_THROW(Invocation::parse({"--nosuch"}), Error);
    EXPECT_THROW(Invocation::parse({"-x"}), Error);
    EXPECT_THROW(Invocation::parse({"-c"}), Error);
}

} // namespace vireo::cli
