// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "model/domain/xml.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

namespace vireo::model::domain {
namespace {

std::string read_file(const std::string& name) {
    std::ifstream file{TEST_DATA "/" + name};
    EXPECT_TRUE(file.is_open()) << name;
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Whatever the text is, it is a domain that can be shown and read again, or an Error. True for the first.
bool is_domain(const std::string& text) {
    Domain domain;
    try {
        domain = parse(text);
    } catch (const Error& error) {
        EXPECT_STRNE(error.what(), "");
        return false;
    }
    unsupported(domain);
    auto shown = format(domain, {.secure = true, .live = false});
    try {
        EXPECT_EQ(format(parse(shown), {.secure = true, .live = false}), shown) << text;
    } catch (const Error& error) {
        ADD_FAILURE() << error.what() << "\nread from\n" << text << "\nshown as\n" << shown;
    }
    return true;
}

/// Cuts, doubles, swaps or overwrites at random places.
std::string mutate(std::string text, std::mt19937& random) {
    constexpr std::string_view pieces[] = {"<",
                                           ">",
                                           "/>",
                                           "'",
                                           "&",
                                           "&amp;",
                                           "0",
                                           "-1",
                                           "<a>",
                                           "</a>",
                                           "<!--",
                                           "xmlns:q='u'",
                                           "99999999999999999999",
                                           "\xc3",
                                           "]]>",
                                           "<![CDATA["};
    auto below = [&](std::size_t limit) { return random() % std::max<std::size_t>(limit, 1); };
    for (auto changes = 1 + below(3); changes > 0; --changes) {
        auto at = below(text.size()), length = below(std::min<std::size_t>(text.size() - at, 60));
        switch (below(4)) {
        case 0: text.erase(at, length); break;
        case 1: text.insert(below(text.size()), text.substr(at, length)); break;
        case 2: text.insert(at, pieces[below(std::size(pieces))]); break;
        default: text[at] = static_cast<char>(random()); break;
        }
    }
    return text;
}

TEST(Hostile, MutatedDocumentsAreDomainsOrErrors) {
    std::mt19937 random{20}; // a fixed seed: a failure can be repeated
    int domains = 0, rounds = 0;
    for (auto* name : {"small.xml", "server.xml", "kept.xml"}) {
        auto text = read_file(name);
        for (int i = 0; i < 1500; ++i, ++rounds) domains += is_domain(mutate(text, random));
    }
    EXPECT_GT(domains, rounds / 20) << "too many are refused for this test to say much";
    EXPECT_LT(domains, rounds * 19 / 20);
}

TEST(Hostile, EveryPrefixIsRefused) {
    auto text = read_file("small.xml");
    auto end = text.rfind('>');
    for (std::size_t length = 0; length < end; ++length)
        EXPECT_FALSE(is_domain(text.substr(0, length))) << length;
}

TEST(Hostile, ManyDevicesTakeLinearTime) {
    // A quadratic step would take minutes here, and the test's time limit would say so.
    std::string devices;
    for (int i = 0; i < 20'000; ++i)
        devices += "<interface type='user'><unknown/></interface><sound model='ich9'/>";
    auto domain =
        parse("<domain type='qemu'><name>a</name><memory>9</memory><os><type>hvm</type></os><devices>" +
              devices + "</devices></domain>");
    EXPECT_EQ(domain.devices.interfaces.size(), 20'000u);
}

} // namespace
} // namespace vireo::model::domain
