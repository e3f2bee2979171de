// SPDX-License-Identifier: Apache-2.0
#include "xml/canonical.hpp"

#include "xml/document.hpp"

#include <gtest/gtest.h>

namespace vireo::xml {
namespace {

std::string canonical(std::string_view text, const char* child, const Namespace* known = nullptr) {
    Document document{text, ErrorDomain::Domain};
    std::string out;
    append_canonical(out, document.root().child(child), known);
    return out;
}

std::string indented(std::string_view canonical, int depth) {
    std::string out;
    append_indented(out, canonical, depth);
    return out;
}

std::string metadata(std::string_view text) {
    Document document{text, ErrorDomain::Domain};
    return verbatim_content(text, document.root().child("metadata"));
}

TEST(Canonical, IsOneLineWithEscapesAndWithoutComments) {
    EXPECT_EQ(canonical("<r>\n <a x=\"1'&lt;2\">\n  <!-- no --><b/>\n  <c>t &amp; u</c> </a></r>", "a"),
              "<a x='1&apos;&lt;2'><b/><c>t &amp; u</c></a>");
}

TEST(Canonical, HasNoBlankTextHoweverItIsWritten) {
    EXPECT_EQ(canonical("<r><a> <b>&#9;</b>&#13;\n<c/></a></r>", "a"), "<a><b/><c/></a>");
}

TEST(Canonical, DeclaresWhatIsDeclaredAroundIt) {
    EXPECT_EQ(canonical("<r xmlns:p='urn:p' xmlns:q='urn:q'><a><p:b/></a></r>", "a"),
              "<a xmlns:p='urn:p'><p:b/></a>");
    EXPECT_EQ(canonical("<r xmlns:p='urn:p'><a xmlns:p='urn:own'><p:b/></a></r>", "a"),
              "<a xmlns:p='urn:own'><p:b/></a>");
}

TEST(Canonical, GivesAKnownNamespaceItsPrefix) {
    Namespace known{"urn:k", "k"};
    EXPECT_EQ(canonical("<r><n:a xmlns:n='urn:k'><n:b v='1'/></n:a></r>", "n:a", &known),
              "<k:a><k:b v='1'/></k:a>");
    EXPECT_EQ(canonical("<r><a xmlns='urn:k'><b/></a></r>", "a", &known), "<k:a><k:b/></k:a>");
    EXPECT_EQ(canonical("<r xmlns:n='urn:k'><n:a><n:b/></n:a></r>", "n:a", &known), "<k:a><k:b/></k:a>");
}

TEST(Canonical, HasTheQuotesThatAreAskedFor) {
    std::string text{"<r><a x='1'/></r>"}, out;
    Document document{text, ErrorDomain::Domain};
    append_canonical(out, document.root().child("a"), nullptr, '"');
    EXPECT_EQ(out, "<a x=\"1\"/>");
}

TEST(Source, IsTheElementWithBothItsTags) {
    for (std::string_view element : {"<a/>", "<a></a>", "<a x='>'> t </a>", "<a><b/><!-- </a> --></a>"}) {
        auto text = "<r> " + std::string{element} + "<c/></r>";
        Document document{text, ErrorDomain::Domain};
        EXPECT_EQ(source_of(text, document.root().child("a")), element);
    }
}

TEST(Canonical, IsLaidOutAgain) {
    EXPECT_EQ(indented("<a x='1'><b>text</b><c><d/></c></a><a/>", 1),
              "  <a x='1'>\n    <b>text</b>\n    <c>\n      <d/>\n    </c>\n  </a>\n  <a/>\n");
}

TEST(Canonical, LeavesTextBesideElementsAlone) {
    EXPECT_EQ(indented("<a>one<b/>two</a>", 0), "<a>one<b/>two</a>\n");
}

TEST(Verbatim, KeepsQuotesCommentsAndWhiteSpace) {
    EXPECT_EQ(
        metadata("<d><metadata>\n   <p:a xmlns:p=\"urn:p\"><!-- > --><p:b x='>'/></p:a>\n</metadata></d>"),
        "\n   <p:a xmlns:p=\"urn:p\"><!-- > --><p:b x='>'/></p:a>\n");
}

TEST(Verbatim, KeepsOneElementOfEachNamespace) {
    EXPECT_EQ(metadata("<d><metadata><none/><p:a xmlns:p='urn:p'/><q:b xmlns:q='urn:p'>second</q:b>"
                       "<c xmlns='urn:c'>text</c></metadata></d>"),
              "\n    <p:a xmlns:p='urn:p'/>\n    <c xmlns='urn:c'>text</c>\n  ");
    EXPECT_EQ(metadata("<d><metadata/></d>"), "");
}

TEST(Verbatim, DeclaresPrefixesOfTheRoot) {
    EXPECT_EQ(metadata("<d xmlns:p='urn:p'><metadata><p:a/></metadata></d>"),
              "\n    <p:a xmlns:p='urn:p'/>\n  ");
}

} // namespace
} // namespace vireo::xml
