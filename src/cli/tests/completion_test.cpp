// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <cstdlib>

namespace vireo::cli {

using Texts = std::vector<std::string>;

/// What is offered without a daemon.
Texts offered(const std::string& line) {
    GlobalOptions options;
    options.uri = "qemu+unix:///system?socket=/nonexistent/socket";
    Shell shell{options};
    asio::io_context loop;
    auto result = asio::co_spawn(loop, completions(shell, words_to_complete(line)), asio::use_future);
    loop.run();
    return result.get();
}

TEST(WordsToComplete, EndWithTheOneThatIsTyped) {
    EXPECT_EQ(words_to_complete(""), (Words{""}));
    EXPECT_EQ(words_to_complete("domst"), (Words{"domst"}));
    EXPECT_EQ(words_to_complete("domstate "), (Words{"domstate", ""}));
    EXPECT_EQ(words_to_complete("list; domstate 'a b"), (Words{""}));
    EXPECT_EQ(words_to_complete("list; domstate \"a b\" --re"), (Words{"domstate", "a b", "--re"}));
    EXPECT_EQ(words_to_complete("list;"), (Words{""}));
}

TEST(Completions, KnowTheTableOfCommands) {
    EXPECT_EQ(offered("domstat"), (Texts{"domstate", "domstats"}));
    EXPECT_EQ(offered("domstate web --r"), (Texts{"--reason"}));
    EXPECT_EQ(offered("domstate web --reason --r"), Texts{});
    EXPECT_EQ(offered("domstate web "), (Texts{"--help", "--output", "--reason"}));
    EXPECT_EQ(offered("list --output "), (Texts{"json", "text"}));
    EXPECT_EQ(offered("event --event pm-s"), (Texts{"pm-suspend", "pm-suspend-disk"}));
    EXPECT_EQ(offered("event --event=pm-w"), (Texts{"--event=pm-wakeup"}));
    EXPECT_EQ(offered("nosuch --"), Texts{});
}

TEST(Completions, FollowAPathThroughTheDescriptions) {
    EXPECT_EQ(offered("explain dom"), (Texts{"domain", "domain."}));
    EXPECT_EQ(offered("explain domain.devices.di"), (Texts{"domain.devices.disk", "domain.devices.disk."}));
    EXPECT_EQ(offered("explain domain.devices.disk.driver.ca"), (Texts{"domain.devices.disk.driver.cache"}));
    EXPECT_EQ(offered("explain --path=domain.clock.off"), (Texts{"--path=domain.clock.offset"}));
    EXPECT_EQ(offered("explain domain.nosuch.x"), Texts{});
}

TEST(Completions, AreNoneWhereTheDaemonCannotBeAsked) { EXPECT_EQ(offered("start "), Texts{}); }

TEST(CompletionScript, ExistsForThreeShells) {
    for (const auto* shell : {"bash", "zsh", "fish"})
        EXPECT_NE(completion_script(shell).find("complete"), std::string::npos);
    EXPECT_THROW(completion_script("csh"), Error);
}

} // namespace vireo::cli
