// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "model/metadata.hpp"

#include <gtest/gtest.h>

namespace vireo::model {
namespace {

constexpr std::string_view web = "urn:web", db = "urn:db";

ErrorCode code_of(auto call) {
    try {
        call();
    } catch (const Error& error) { return error.code; }
    return ErrorCode::Ok;
}

TEST(Metadata, ComesIntoTheNamespaceUnderItsPrefix) {
    EXPECT_EQ(with_metadata("", web, "w", "<app a='1'><part/><name>x</name></app>"),
              "\n    <w:app xmlns:w=\"urn:web\" a=\"1\">\n      <w:part/>\n      <w:name>x</w:name>\n    "
              "</w:app>\n  ");
}

TEST(Metadata, IsToldAsItWasSet) {
    auto content = with_metadata("", web, "w", "<app a=\"1\"><part/></app>");
    EXPECT_EQ(find_metadata(content, web), "<app a=\"1\">\n  <part/>\n</app>");
    EXPECT_EQ(find_metadata(content, db), std::nullopt);
    EXPECT_EQ(find_metadata("", db), std::nullopt);
}

TEST(Metadata, KeepsTextBesideElementsInItsLine) {
    auto content = with_metadata("", web, "w", "<app><b/>text</app>");
    EXPECT_EQ(content, "\n    <w:app xmlns:w=\"urn:web\"><w:b/>text</w:app>\n  ");
    EXPECT_EQ(find_metadata(content, web), "<app><b/>text</app>");
}

TEST(Metadata, TakesAnElementThatIsInTheNamespaceAlready) {
    for (const auto* element :
         {"<v:app xmlns:v='urn:web'><v:b/></v:app>", "<app xmlns='urn:web'><b/></app>"}) {
        auto content = with_metadata("", web, "w", element);
        EXPECT_EQ(find_metadata(content, web), "<app>\n  <b/>\n</app>") << content;
    }
}

TEST(Metadata, LeavesOtherNamespacesInsideAsTheyAre) {
    std::string element = "<app xmlns:q=\"urn:q\">\n  <q:b/>\n</app>";
    EXPECT_EQ(find_metadata(with_metadata("", web, "w", element), web), element);
}

TEST(Metadata, ReplacesOnlyItsOwn) {
    std::string others = "\n    <d:x xmlns:d='urn:db'></d:x>\n    <!-- by hand -->\n  ";
    auto content = with_metadata(others, web, "w", "<one/>");
    content = with_metadata(content, web, "z", "<two/>");
    EXPECT_EQ(content, "\n    <d:x xmlns:d='urn:db'></d:x>\n    <!-- by hand -->\n    <z:two "
                       "xmlns:z=\"urn:web\"/>\n  ");
    EXPECT_EQ(without_metadata(content, web), others);
    EXPECT_EQ(find_metadata(content, db), "<x/>");
}

TEST(Metadata, IsGoneWithItsLastElement) {
    auto content = with_metadata("", web, "w", "<one/>");
    EXPECT_EQ(without_metadata(content, db), content);
    EXPECT_EQ(without_metadata(content, web), "");
}

TEST(Metadata, RefusesWhatCouldNotBeFoundAgain) {
    using enum ErrorCode;
    EXPECT_EQ(code_of([] { with_metadata("", web, "w", "<a"); }), XmlDetail);
    EXPECT_EQ(code_of([] { with_metadata("", web, "w", "<a/><b/>"); }), XmlDetail);
    EXPECT_EQ(code_of([] { with_metadata("", web, "w", "<a xmlns='urn:other'/>"); }), InvalidArgument);
    EXPECT_EQ(code_of([] { with_metadata("", web, "w", "<undeclared:a/>"); }), InvalidArgument);
    EXPECT_EQ(code_of([] { with_metadata("", web, "w", "<a xmlns:w='urn:other'/>"); }), InvalidArgument);
    EXPECT_EQ(code_of([] { with_metadata("", web, "", "<a/>"); }), InvalidArgument);
    EXPECT_EQ(code_of([] { with_metadata("", web, "a b", "<a/>"); }), InvalidArgument);
    EXPECT_EQ(code_of([] { with_metadata("", web, "a><b/", "<a/>"); }), InvalidArgument);
    EXPECT_EQ(code_of([] { with_metadata("", web, "xmlns", "<a/>"); }), InvalidArgument);
    EXPECT_EQ(code_of([] { with_metadata("", "", "w", "<a/>"); }), InvalidArgument);
}

TEST(Metadata, WritesAnyUriAsAValue) {
    auto content = with_metadata("", "urn:'\"<&>", "w", "<a/>");
    EXPECT_EQ(find_metadata(content, "urn:'\"<&>"), "<a/>");
}

} // namespace
} // namespace vireo::model
