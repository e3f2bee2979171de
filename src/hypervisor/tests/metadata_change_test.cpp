// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/metadata_change.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace vireo::hypervisor {
namespace {

using model::domain::Domain;

bool has(const Domain& domain, MetadataType type, const std::string& uri = "") {
    try {
        metadata_of(domain, type, uri);
        return true;
    } catch (const Error& error) {
        EXPECT_EQ(error.code, ErrorCode::NoDomainMetadata);
        return false;
    }
}

TEST(MetadataChange, SetsAndRemovesTitleAndDescription) {
    for (auto type : {MetadataType::Title, MetadataType::Description}) {
        Domain domain;
        EXPECT_FALSE(has(domain, type));
        apply({type, "The web", "", ""}, domain);
        EXPECT_EQ(metadata_of(domain, type, ""), "The web");
        apply({type, std::nullopt, "", ""}, domain);
        EXPECT_FALSE(has(domain, type));
    }
}

TEST(MetadataChange, SetsAndRemovesTheElementOfANamespace) {
    Domain domain;
    MetadataChange change{MetadataType::Element, "<a/>", "p", "urn:p"};
    apply(change, domain);
    EXPECT_EQ(metadata_of(domain, MetadataType::Element, "urn:p"), "<a/>");
    EXPECT_FALSE(has(domain, MetadataType::Element, "urn:q"));
    change.text.reset();
    apply(change, domain);
    EXPECT_EQ(domain.metadata, "");
}

TEST(MetadataChange, OfAnUnknownKindIsRefused) {
    Domain domain;
    EXPECT_THROW(apply({static_cast<MetadataType>(3), "x", "", ""}, domain), Error);
    EXPECT_THROW(metadata_of(domain, static_cast<MetadataType>(3), ""), Error);
}

} // namespace
} // namespace vireo::hypervisor
