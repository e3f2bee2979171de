// SPDX-License-Identifier: Apache-2.0
#include "model/domain/documentation.hpp"

#include "model/domain/explain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace vireo::model::domain {
namespace {

struct Described {
    std::set<std::string> parts; ///< as documentation writes paths
    std::set<std::string> kept;  ///< elements whose parts no description tells
};

void collect(const Chain& chain, Described& described) {
    auto path = chain.path();
    const auto parts = parts_of(chain);
    for (const auto& part : parts.list) {
        auto below = path + (part.is_attribute ? ".@" : ".") + part.name;
        described.parts.insert(below);
        if (part.meaning.kept) described.kept.insert(below);
        bool is_in_itself = part.name == chain.links.back().name;
        if (!part.is_attribute && !part.meaning.kept && !is_in_itself)
            collect(part.chain.with(part.name), described);
    }
}

bool is_below(const std::set<std::string>& elements, const std::string& path) {
    for (auto dot = path.rfind('.'); dot != path.npos && dot != 0; dot = path.rfind('.', dot - 1))
        if (elements.contains(path.substr(0, dot))) return true;
    return false;
}

TEST(Documentation, EachPartOfTheFormatHasASentenceAndEachSentenceAPart) {
    Described described{.parts = {"domain"}, .kept = {}};
    collect(Chain{"domain"}, described);
    for (const auto& path : described.parts)
        EXPECT_NE(find_documentation(path), nullptr) << "no sentence tells of " << path;
    for (const auto& [path, sentence, usual, where] : documentation())
        EXPECT_TRUE(described.parts.contains(path) || is_below(described.kept, path))
            << "no description has " << path;
}

TEST(Documentation, SaysWhatAbsenceMeansAndForWhom) {
    const auto* cache = find_documentation("domain.devices.disk.driver.@cache");
    ASSERT_NE(cache, nullptr);
    EXPECT_EQ(cache->usual, "writeback");
    EXPECT_EQ(cache->sentence.find('['), std::string::npos);
    const auto* queues = find_documentation("domain.devices.disk.driver.@queues");
    ASSERT_NE(queues, nullptr);
    EXPECT_EQ(queues->where, "virtio disks");
}

TEST(Documentation, OfAnElementInOneOfItsKindIsThatElements) {
    EXPECT_EQ(find_documentation("domain.devices.disk.backingStore.backingStore.backingStore.format.@type"),
              find_documentation("domain.devices.disk.backingStore.format.@type"));
    EXPECT_EQ(find_documentation("domain.devices.disk.nosuch"), nullptr);
}

} // namespace
} // namespace vireo::model::domain
