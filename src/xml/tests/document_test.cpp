// SPDX-License-Identifier: Apache-2.0
#include "xml/document.hpp"

#include <gtest/gtest.h>

namespace vireo::xml {
namespace {

/// The message of the error that the text gets, or "" if it is a document.
std::string fault_of(std::string_view text) {
    try {
        Document document{text, ErrorDomain::Domain};
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::XmlDetail);
        return error.what();
    }
    return "";
}

struct Malformed {
    std::string_view text, message;
};
class DocumentFaults : public testing::TestWithParam<Malformed> {};
TEST_P(DocumentFaults, AreNamedWithTheirLine) {
    EXPECT_NE(fault_of(GetParam().text).find(GetParam().message), std::string::npos)
        << fault_of(GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    All, DocumentFaults,
    testing::Values(Malformed{"", "line 1: the document is empty"},
                    Malformed{"   \n", "the document is empty"}, Malformed{"hello", "must start with '<'"},
                    Malformed{"<a/>junk", "after the end"}, Malformed{"<a>\n<b></a>", "line 2"},
                    Malformed{"<a>\n\n<b x='1></a>", "line 3"},
                    Malformed{"<a/>\n<b/>", "line 2: a second root"}, Malformed{"<a>\n&nbsp;</a>", "line 2"},
                    Malformed{"<a>&#0;</a>", "unknown entity"},
                    Malformed{"<a>&#xD800;</a>", "unknown entity"}, Malformed{"<a>1 & 2</a>", "'&'"},
                    Malformed{"<a>\x01</a>", "control character"}, Malformed{"<a>\xff</a>", "UTF-8"},
                    Malformed{"<a>\xed\xa0\x80</a>", "UTF-8"},
                    Malformed{"<a x='1'\n x='2'/>", "attribute 'x' is there twice"},
                    Malformed{"<a x='<'/>", "'&lt;'"}, Malformed{"<a <b/>", "inside of a tag"},
                    Malformed{"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"},
                    Malformed{"<a><!-- </a>", "does not end"}, Malformed{"<a>\n<![CDATA[ </a>", "line 2"}));

TEST(Document, KnowsEveryReferenceToACharacter) {
    Document document{"<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;\xc3\xa9</a>", ErrorDomain::Domain};
    EXPECT_STREQ(document.root().child_value(), "<>&\"'AB\xc3\xa9");
}

TEST(Document, AllowsWhatHidesMarkup) {
    EXPECT_EQ(fault_of("\xef\xbb\xbf<?xml version='1.0'?><!DOCTYPE a><!-- & < --><a><![CDATA[ & < ]]></a>\n"),
              "");
}

TEST(Document, EndsAtAFixedDepth) {
    auto nested = [](std::size_t levels) {
        std::string text;
        for (std::size_t i = 0; i < levels; ++i) text += "<a>";
        for (std::size_t i = 0; i < levels; ++i) text += "</a>";
        return text;
    };
    EXPECT_EQ(fault_of(nested(256)), "");
    EXPECT_NE(fault_of(nested(257)).find("256 levels"), std::string::npos);
    EXPECT_NE(fault_of(nested(100'000)).find("256 levels"), std::string::npos);
}

TEST(Document, FindsADoubleAttributeAmongMany) {
    std::string text = "<a";
    for (int i = 0; i < 40; ++i) text += " x" + std::to_string(i) + "=''";
    EXPECT_EQ(fault_of(text + "/>"), "");
    EXPECT_NE(fault_of(text + " x30=''/>").find("'x30' is there twice"), std::string::npos);
}

TEST(Document, NamesThePathOfAnElement) {
    std::string_view text = "<a>\n<b/>\n<b><c/></b></a>";
    Document document{text, ErrorDomain::Domain};
    auto element = document.root().last_child().child("c");
    EXPECT_EQ(path_of(element), "/a/b[2]/c");
    try {
        document.fail(element, "x", ErrorCode::ConfigUnsupported, "no");
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "line 3, /a/b[2]/c/@x: no");
        EXPECT_EQ(error.domain, ErrorDomain::Domain);
    }
}

TEST(Document, RefusesAnotherRoot) {
    Document document{"<network/>", ErrorDomain::Domain};
    EXPECT_THROW(document.require_root("domain"), Error);
}

} // namespace
} // namespace vireo::xml
