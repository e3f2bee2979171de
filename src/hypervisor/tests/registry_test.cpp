// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "hypervisor/domain_registry.hpp"

#include <gtest/gtest.h>

namespace vireo::hypervisor {

DomainSnapshotPtr snapshot(const Uuid& uuid, std::string name, std::int32_t id = -1) {
    DomainSnapshot made;
    made.uuid = uuid;
    made.name = std::move(name);
    made.id = id;
    return std::make_shared<const DomainSnapshot>(std::move(made));
}

TEST(DomainRegistry, FindsWhatIsPublished) {
    DomainRegistry registry;
    auto uuid = Uuid::generate();
    registry.publish(snapshot(uuid, "web", 3));
    EXPECT_EQ(registry.find(uuid), registry.find_by_name("web"));
    EXPECT_EQ(registry.find(uuid), registry.find_by_id(3));
    EXPECT_EQ(registry.require(uuid, "web")->name, "web");
}

TEST(DomainRegistry, FollowsNameAndId) {
    DomainRegistry registry;
    auto uuid = Uuid::generate();
    registry.publish(snapshot(uuid, "web", 3));
    registry.publish(snapshot(uuid, "shop"));
    EXPECT_EQ(registry.find_by_name("web"), nullptr);
    EXPECT_EQ(registry.find_by_id(3), nullptr);
    EXPECT_EQ(registry.find_by_name("shop")->uuid, uuid);
    EXPECT_EQ(registry.size(), 1U);
}

TEST(DomainRegistry, ForgetsWhatIsWithdrawn) {
    DomainRegistry registry;
    auto uuid = Uuid::generate();
    auto held = snapshot(uuid, "web", 1);
    registry.publish(held);
    registry.withdraw(uuid);
    EXPECT_EQ(registry.size(), 0U);
    EXPECT_EQ(held->name, "web");
    EXPECT_THROW(registry.require(uuid, "web"), Error);
}

TEST(DomainRegistry, ListsInTheOrderOfNames) {
    DomainRegistry registry;
    for (auto name : {"c", "a", "b"}) registry.publish(snapshot(Uuid::generate(), name));
    std::string order;
    registry.for_each([&](const auto& domain) { order += domain->name; });
    EXPECT_EQ(order, "abc");
}

} // namespace vireo::hypervisor
