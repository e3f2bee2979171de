// SPDX-License-Identifier: Apache-2.0
#include "xml/reader.hpp"
#include "xml/survey.hpp"
#include "xml/writer.hpp"

#include <gtest/gtest.h>

namespace vireo::xml {
namespace {

enum class Colour { Red, Green };
constexpr auto names_of(Colour) {
    return std::to_array<std::pair<Colour, std::string_view>>(
        {{Colour::Red, "red"}, {Colour::Green, "green"}});
}

struct Wheel {
    std::uint8_t slot = 0;
    std::optional<std::uint32_t> spokes;
    Kept kept;
    bool operator==(const Wheel&) const = default;
};
struct Cart {
    Colour colour = Colour::Red;
    std::string name;
    MemorySize load;
    bool covered = false;
    std::vector<Wheel> wheels;
    Kept kept;
    bool operator==(const Cart&) const = default;
};

constexpr Namespace extra{"urn:extra", "x"};

void describe(auto& node, auto& wheel)
    requires std::same_as<std::remove_cvref_t<decltype(wheel)>, Wheel>
{
    node.attribute("slot", Hex{wheel.slot, 2}).attribute("spokes", wheel.spokes, wrong_is_unsupported);
    node.kept("tyre", wheel.kept);
}
void describe(auto& node, auto& cart)
    requires std::same_as<std::remove_cvref_t<decltype(cart)>, Cart>
{
    node.attribute("colour", cart.colour, required).supports("colour", cart.colour, {Colour::Red});
    node.declare(extra, "xmlns:x", !cart.kept.empty()).kept_attribute("owner", cart.kept);
    node.child("name", cart.name).memory("load", cart.load).flag("covered", cart.covered);
    node.kept("brake", cart.kept).children("wheel", cart.wheels).kept(extra, "x:bell", cart.kept);
}

Cart read(std::string_view text) {
    Document document{text, ErrorDomain::Domain};
    Reader node{document.require_root("cart"), document, text, {}};
    Cart cart;
    describe(node, cart);
    return cart;
}
std::string write(const Cart& cart) {
    std::string text;
    {
        Writer node{text, "cart", {}};
        describe(node, cart);
    }
    return text;
}

constexpr std::string_view full = R"(<cart colour='green' xmlns:x='urn:extra' owner='&lt;me&gt;'>
  <name>a &amp; b</name>
  <load unit='KiB'>2048</load>
  <covered/>
  <brake kind='rim'>
    <cable/>
  </brake>
  <brake/>
  <wheel slot='0x1f' spokes='12'/>
  <wheel slot='0x00'>
    <tyre/>
  </wheel>
  <x:bell>
    <x:tone/>
  </x:bell>
</cart>
)";

TEST(Visitors, WriteWhatWasRead) { EXPECT_EQ(write(read(full)), full); }

TEST(Visitors, ReadTheirOwnOutputEqual) {
    auto cart = read(full);
    EXPECT_EQ(read(write(cart)), cart);
    EXPECT_EQ(cart.load, MemorySize::mib(2));
    EXPECT_EQ(cart.wheels[0].slot, 31);
    EXPECT_EQ(cart.wheels[1].spokes, std::nullopt);
}

TEST(Visitors, ListWhatIsNotSupported) {
    std::vector<std::string> found;
    auto cart = read(full);
    Survey node{found, "cart"};
    describe(node, cart);
    EXPECT_EQ(found, (std::vector<std::string>{"/cart/@colour='green'", "/cart/@owner", "/cart/brake",
                                               "/cart/wheel[2]/tyre", "/cart/x:bell"}));
}

TEST(Visitors, IgnoreWhatTheyDoNotKnow) {
    EXPECT_EQ(write(read("<cart colour='red' new='1'><later/><load>1</load></cart>")),
              "<cart colour='red'>\n  <load unit='KiB'>1</load>\n</cart>\n");
}

TEST(Visitors, ReadNumbersInTheNotationsOfC) {
    for (auto text : {"0x1f", "31", "037"})
        EXPECT_EQ(read(fmt::format("<cart colour='red'><wheel slot='{}'/></cart>", text)).wheels.at(0).slot,
                  31);
}

TEST(Visitors, ReadMemoryInAnyUnit) {
    auto load = [](std::string_view unit) {
        return read(fmt::format("<cart colour='red'><load unit='{}'> 3\n</load></cart>", unit))
            .load.in_bytes();
    };
    EXPECT_EQ(load("b"), 3u);
    EXPECT_EQ(load("KB"), 3000u);
    EXPECT_EQ(load("k"), 3u << 10);
    EXPECT_EQ(load("mib"), 3u << 20);
    EXPECT_EQ(load("G"), 3ull << 30);
    EXPECT_EQ(load("TB"), 3'000'000'000'000u);
}

struct Wrong {
    std::string_view text;
    ErrorCode code;
    std::string_view message;
};
class WrongValues : public testing::TestWithParam<Wrong> {};
TEST_P(WrongValues, AreAnErrorWithPathAndChoices) {
    try {
        read(GetParam().text);
        ADD_FAILURE() << "was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code, GetParam().code);
        EXPECT_STREQ(error.what(), std::string{GetParam().message}.c_str());
    }
}
INSTANTIATE_TEST_SUITE_P(
    All, WrongValues,
    testing::Values(Wrong{"<cart/>", ErrorCode::XmlError, "line 1, /cart: attribute 'colour' is missing"},
                    Wrong{"<cart colour='blue'/>", ErrorCode::XmlError,
                          "line 1, /cart/@colour: 'blue' is not one of 'red', 'green'"},
                    Wrong{"<cart colour='red'>\n<wheel/><wheel spokes='-1'/></cart>",
                          ErrorCode::ConfigUnsupported,
                          "line 2, /cart/wheel[2]/@spokes: '-1' is not a number from 0 to 4294967295"},
                    Wrong{"<cart colour='red'><wheel slot='256'/></cart>", ErrorCode::XmlError,
                          "line 1, /cart/wheel/@slot: '256' is not a number from 0 to 255"},
                    Wrong{"<cart colour='red'><load unit='XB'>1</load></cart>", ErrorCode::InvalidArgument,
                          "line 1, /cart/load/@unit: 'XB' is not a unit such as KiB, MiB, GiB"},
                    Wrong{"<cart colour='red'><load unit='EiB'>16</load></cart>", ErrorCode::Overflow,
                          "line 1, /cart/load: 16 EiB is more than can be"}));

} // namespace
} // namespace vireo::xml
