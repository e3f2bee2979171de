// SPDX-License-Identifier: Apache-2.0
#include "model/domain/documentation.hpp"

#include "model/domain/explain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace vireo::model::domain {
namespace {

/// Collects the path of each part of a description, as documentation writes it.
void collect(const Chain& chain, std::set<std::string>& paths) {
    auto path = chain.path();
    const auto parts = parts_of(chain);
    for (const auto& part : parts.list) {
        paths.insert(path + (part.is_attribute ? ".@" : ".") + part.name);
        bool is_in_itself = part.name == chain.links.back().name;
        if (!part.is_attribute && !part.meaning.kept && !is_in_itself)
            collect(part.chain.with(part.name), paths);
    }
}

std::set<std::string> described() {
    std::set<std::string> paths;
    collect(Chain{"domain"}, paths);
    return paths;
}

TEST(Documentation, EachPartOfTheFormatHasASentenceAndEachSentenceAPart) {
    auto parts = described();
    for (const auto& path : parts)
        EXPECT_NE(find_documentation(path), nullptr) << "no sentence tells of " << path;
    for (const auto& entry : documentation())
        EXPECT_TRUE(entry.path == "domain" || parts.contains(entry.path))
            << "no description has " << entry.path;
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
