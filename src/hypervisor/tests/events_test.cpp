// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/events.hpp"

#include <gtest/gtest.h>

namespace vireo::hypervisor {

DomainEvent started(std::string name) {
    return {std::move(name), Uuid{}, 1, DomainLifecycle{StartedDetail::Booted}};
}

TEST(EventHub, TellsEachListenerUntilItLeaves) {
    EventHub hub;
    std::string heard;
    auto first = hub.subscribe([&](const DomainEvent& event) { heard += "1" + event.name; });
    auto second = hub.subscribe([&](const DomainEvent& event) { heard += "2" + event.name; });
    hub.publish(started("a"));
    first.reset();
    hub.publish(started("b"));
    EXPECT_EQ(heard, "1a2a2b");
}

TEST(EventHub, KnowsWhetherAnybodyListens) {
    MonitorEventHub hub;
    EXPECT_FALSE(hub.has_listeners());
    auto listener = hub.subscribe([](const MonitorEvent&) {});
    EXPECT_TRUE(hub.has_listeners());
    listener.reset();
    EXPECT_FALSE(hub.has_listeners());
}

TEST(EventHub, AListenerMayEndItself) {
    EventHub hub;
    int heard = 0;
    EventHub::Subscription once;
    once = hub.subscribe([&](const DomainEvent&) {
        ++heard;
        once.reset();
    });
    hub.publish(started("a"));
    hub.publish(started("b"));
    EXPECT_EQ(heard, 1);
}

TEST(EventHub, ASubscriptionMayOutliveTheHub) {
    EventHub::Subscription left;
    {
        EventHub hub;
        left = hub.subscribe([](const DomainEvent&) {});
    }
    EXPECT_NO_THROW(left.reset());
}

} // namespace vireo::hypervisor
