// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.hpp"
#include "cli/cpu_set.hpp"
#include "cli/help.hpp"
#include "cli/table.hpp"
#include "cli/xml_selection.hpp"

#include <gtest/gtest.h>

#include <set>

namespace vireo::cli {

using enum OptionKind;
using WordList = std::vector<std::string>;

awaitable<void> nothing(Shell&, const Arguments&) { co_return; }
const Command example{
    "go",
    "goes",
    "",
    {{"domain", Positional, ""}, {"mode", Text, ""}, {"all", Flag, ""}, {"timeout", Number, ""}},
    nothing};

TEST(CpuSet, IsABitmap) {
    EXPECT_EQ(cpu_bitmap("0-2,^1", 10), (std::string{"\x05\x00", 2}));
    EXPECT_EQ(cpu_bitmap("9", 10), (std::string{"\x00\x02", 2}));
    EXPECT_EQ(cpu_bitmap("r", 10), (std::string{"\xff\x03", 2}));
    for (const auto* wrong : {"10", "x", "", "1-", "2-1", "1,^1"})
        EXPECT_EQ(cpu_bitmap(wrong, 10), std::nullopt) << wrong;
    EXPECT_EQ(cpu_list(*cpu_bitmap("0-2,5", 10), 10), "0-2,5");
}

TEST(Arguments, AreFoundByNameAndByPlace) {
    auto given = Arguments::parse(example, {"--all", "web", "--mode=x y", "--timeout", "5"});
    EXPECT_EQ(given.text("domain"), "web");
    EXPECT_EQ(given.text("mode"), "x y");
    EXPECT_EQ(given.number("timeout", 1), 5);
    EXPECT_EQ(given.bits({{"all", 4}, {"none", 8}}), 4U);
    EXPECT_EQ(Arguments::parse(example, {"web", "fast"}).text("mode"), "fast");
    EXPECT_EQ(Arguments::parse(example, {"--", "--all"}).text("domain"), "--all");
}

class WrongArguments : public testing::TestWithParam<WordList> {};
TEST_P(WrongArguments, AreRefused) { EXPECT_THROW(Arguments::parse(example, GetParam()), Error); }
INSTANTIATE_TEST_SUITE_P(Lists, WrongArguments,
                         testing::Values(WordList{}, WordList{"--nosuch", "web"}, WordList{"web", "--all=1"},
                                         WordList{"web", "--all", "--all"}, WordList{"web", "--mode"},
                                         WordList{"web", "a", "1", "b"}));

TEST(Arguments, NumbersAndEmptyTextsAreChecked) {
    EXPECT_THROW(Arguments::parse(example, {"web", "--timeout", "0"}).number("timeout", 1), Error);
    EXPECT_THROW(Arguments::parse(example, {"web", "--timeout", "5s"}).number("timeout", 1), Error);
    EXPECT_THROW(Arguments::parse(example, {""}).text("domain"), Error);
}

const Command remote{
    "ssh",
    "goes",
    "",
    {{"domain", Positional, ""}, {"all", Flag, ""}, {"package", NamedTexts, ""}, {"command", Verbatim, ""}},
    nothing};

TEST(Arguments, MayBeGivenSeveralTimesWhereThatIsMeant) {
    auto given = Arguments::parse(remote, {"--package", "vim", "web", "--package=git"});
    EXPECT_EQ(given.texts("package"), (WordList{"vim", "git"}));
    EXPECT_TRUE(given.rest().empty());
    EXPECT_THROW(Arguments::parse(remote, {"web", "--package="}).texts("package"), Error);
}

TEST(Arguments, OfAnotherProgramAreNotOurs) {
    auto given = Arguments::parse(remote, {"--all", "web", "ls", "--all", "--nosuch", "--", "-l"});
    EXPECT_TRUE(given.has("all"));
    EXPECT_EQ(given.rest(), (WordList{"ls", "--all", "--nosuch", "--", "-l"}));
    EXPECT_THROW(Arguments::parse(remote, {"web", "--nosuch"}), Error);
}

const Command detailed{"go",
                       "goes",
                       "",
                       {{"domain", Positional, ""},
                        {"xpath", NamedText, ""},
                        {"size", PositionalNumber, "", Completes::Nothing, "kilobytes"},
                        {"live", Flag, ""},
                        {"config", Flag, ""},
                        {"current", Flag, ""},
                        {"cmd", RequiredRest, ""}},
                       nothing};

TEST(Arguments, KeepNamedOptionsOutOfTheOrder) {
    auto given =
        Arguments::parse(detailed, {"web", "5", "info", "--xpath", "//x", "status", "--cmd", "more"});
    EXPECT_EQ(given.text("size"), "5");
    EXPECT_EQ(given.text("xpath"), "//x");
    EXPECT_EQ(given.rest(), (WordList{"info", "status", "more"}));
    EXPECT_EQ(Arguments::parse(detailed, {"web", "--kilobytes", "7", "x"}).text("size"), "7");
    EXPECT_THROW(Arguments::parse(detailed, {"web", "5"}), Error); // the rest is required
}

TEST(Arguments, UnderstandAmounts) {
    const std::pair<std::string, std::uint64_t> good[]{{"5", 5 << 10},      {"64M", 64 << 20},
                                                       {"64MiB", 64 << 20}, {"64MB", 64000000},
                                                       {"3b", 3},           {"2g", 2ULL << 30}};
    const auto most = MemorySize::mib(4096);
    for (const auto& [text, bytes] : good)
        EXPECT_EQ(Arguments::parse(detailed, {"web", text, "x"}).amount("size", most),
                  MemorySize::bytes(bytes))
            << text;
    for (const auto* text : {"abc", "-1", "1XB", "5000M", "99999999999999999999", "1MiBs"})
        EXPECT_THROW(Arguments::parse(detailed, {"web", text, "x"}).amount("size", most), Error) << text;
}

TEST(Arguments, UnderstandIntegers) {
    auto integer = [](const char* text) {
        return Arguments::parse(detailed, {"web", text, "x"}).integer("size");
    };
    EXPECT_EQ(integer("-12"), -12);
    EXPECT_EQ(integer("0x10"), 16);
    EXPECT_THROW(integer("1.5"), Error);
    EXPECT_THROW(integer("99999999999999999999"), Error);
    EXPECT_THROW(Arguments::parse(detailed, {"web", "-1", "x"}).count("size"), Error);
}

TEST(Arguments, SayWhatTheyAffect) {
    auto impact = [](WordList flags) {
        flags.insert(flags.begin(), {"web", "1", "x"});
        return Arguments::parse(detailed, flags).impact();
    };
    EXPECT_EQ(impact({}), 0U);
    EXPECT_EQ(impact({"--live", "--config"}), 3U);
    EXPECT_EQ(impact({"--current"}), 0U);
    EXPECT_THROW(impact({"--current", "--live"}), Error);
}

TEST(Commands, HaveUniqueNamesAndNearOnesAreFound) {
    std::set<std::string_view> names;
    for (const auto& group : command_table())
        for (const auto& command : group.commands)
            EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_EQ(nearest_command("dumpxlm"), "dumpxml");
    EXPECT_EQ(nearest_command("strat"), "start");
    EXPECT_EQ(nearest_command("star"), "start");
    EXPECT_EQ(nearest_command("xyzzy"), "");
}

TEST(Help, ShowsTheSynopsis) {
    EXPECT_EQ(synopsis_of(example), "go <domain> [--mode <string>] [--all] [--timeout <number>]");
    EXPECT_EQ(synopsis_of(*find_command("domstate")), "domstate <domain> [--reason]");
}

TEST(Table, HasTheLayoutThatScriptsParse) {
    Table table{{"Id", "Name", "State"}};
    table.add_row({"-", "größer", "shut off"});
    table.add_row({"12", "a\x1b", ""});
    EXPECT_EQ(table.text(true), " Id   Name     State\n"
                                "-------------------------\n"
                                " -    größer   shut off\n"
                                " 12   a\\x1b    \n");
    EXPECT_EQ(table.text(false), " -    größer   shut off\n"
                                 " 12   a\\x1b    \n");
}

TEST(SelectXml, ShowsNodesAtTheLeftMargin) {
    const std::string xml = "<a>\n  <b>\n    <c d='1'>\n      <e/>\n    </c>\n  </b>\n</a>\n";
    EXPECT_EQ(select_xml(xml, "//c", false), "<c d=\"1\">\n  <e/>\n</c>\n");
    EXPECT_EQ(select_xml(xml, "//e", true), "<nodes>\n  <e/>\n</nodes>\n");
    EXPECT_EQ(select_xml(xml, "//@d", false), " d=\"1\"\n");
    EXPECT_THROW(select_xml(xml, "//[", false), Error);
}

TEST(XmlSelection, FindsTheTitle) {
    EXPECT_EQ(domain_child_in("<domain><title>a &amp; b</title></domain>", "title"), "a & b");
    EXPECT_EQ(domain_child_in("<domain><devices/></domain>", "title"), "");
    EXPECT_THROW(domain_child_in("<domain>", "title"), Error);
}

} // namespace vireo::cli
