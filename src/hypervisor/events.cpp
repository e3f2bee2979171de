// SPDX-License-Identifier: Apache-2.0
#include "hypervisor/events.hpp"

namespace vireo::hypervisor {

EventHub::Subscription EventHub::subscribe(Listener listener) {
    auto entry = listeners_->all.insert(listeners_->all.end(), std::move(listener));
    return {static_cast<void*>(&*entry),
            [listeners = listeners_, entry](void*) { listeners->all.erase(entry); }};
}

void EventHub::publish(const DomainEvent& event) {
    auto& all = listeners_->all;
    for (auto listener = all.begin(); listener != all.end();) {
        auto next = std::next(listener); // a listener may end its own subscription
        (*listener)(event);
        listener = next;
    }
}

} // namespace vireo::hypervisor
