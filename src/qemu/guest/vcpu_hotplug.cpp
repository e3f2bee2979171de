// SPDX-License-Identifier: Apache-2.0
// Vcpus that come to a running guest and go again. QEMU knows where there is room for one and which are
// there; those that we have plugged have names of ours and can be taken away, if the guest lets them go.
#include "model/domain/edit.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/statistics/sources.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

namespace {
constexpr std::string_view peripheral = "/machine/peripheral/vcpu";
/// For a guest to let go of a vcpu.
constexpr std::chrono::seconds removal_patience{5};
constexpr std::size_t most_places = 16'384;

/// Where a vcpu, or on some machines several that come together, can be.
struct Place {
    std::string alias; ///< that it has once we have plugged it
    std::string type;
    json::object properties;
    std::uint32_t vcpus = 1;
    bool taken = false, removable = false;
};

/// From the answer of `query-hotpluggable-cpus`, which begins with the last one.
std::vector<Place> places_from(const json::value& answer) {
    const auto* list = answer.if_array();
    if (list == nullptr || list->size() > most_places)
        throw error(ErrorCode::OperationFailed, "QEMU does not tell where vcpus can be");
    std::vector<Place> places;
    std::uint32_t number = 0;
    for (std::size_t i = list->size(); i-- > 0;) {
        const auto* from = (*list)[i].if_object();
        const auto* properties = from != nullptr ? json::find_object(*from, "props") : nullptr;
        if (properties == nullptr)
            throw error(ErrorCode::OperationFailed, "QEMU tells of a vcpu without a place");
        Place place{fmt::format("vcpu{}", number), std::string{json::find_text(*from, "type").value_or("")},
                    *properties};
        place.vcpus = static_cast<std::uint32_t>(
            std::clamp<std::int64_t>(json::find_number(*from, "vcpus-count").value_or(1), 1, most_places));
        auto path = json::find_text(*from, "qom-path");
        place.taken = path.has_value();
        place.removable = path && path->starts_with(peripheral);
        number += place.vcpus;
        places.push_back(std::move(place));
    }
    return places;
}

/// The first places that suit and together have so many vcpus.
std::vector<Place> choose(const std::vector<Place>& places, std::uint32_t count,
                          bool (*suits)(const Place&)) {
    std::vector<Place> chosen;
    std::uint32_t found = 0;
    for (const auto& place : places) {
        if (found >= count || !suits(place)) continue;
        found += place.vcpus;
        chosen.push_back(place);
    }
    return found == count ? chosen : std::vector<Place>{};
}
} // namespace

/// Until the running guest has so many.
awaitable<void> QemuDriver::plug_vcpus(DomainPtr domain, std::uint32_t count) {
    auto live = co_await read_live(domain);
    auto present = model::domain::current_vcpus(live);
    if (count == present) co_return;
    model::domain::set_current_vcpus(live, count); // as far as the limit goes
    auto monitor = co_await require_monitor(domain);
    auto answer = co_await monitor->execute("query-hotpluggable-cpus", options_.monitor_deadline);
    auto places = places_from(answer);
    bool more = count > present;
    if (!more) std::ranges::reverse(places); // the last ones go first
    auto suits = more ? +[](const Place& place) { return !place.taken; }
                      : +[](const Place& place) { return place.removable; };
    auto chosen = choose(places, more ? count - present : present - count, suits);
    if (chosen.empty())
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("the running domain '{}' cannot have {} vcpus: it has {}, and {}",
                                domain->durable.name, count, present,
                                more ? "its machine has no room for that many"
                                     : "only those that were added while it ran can be taken away"));
    for (auto& place : chosen) {
        if (!more) {
            co_await unplug_vcpu(domain, monitor, place.alias);
            continue;
        }
        auto arguments = std::move(place.properties);
        arguments["driver"] = place.type;
        arguments["id"] = place.alias;
        co_await monitor->execute("device_add", std::move(arguments), options_.monitor_deadline);
    }
    co_await recount_vcpus(domain, domain->run);
    if (!more) co_return;
    auto subject = co_await subject_of(domain);
    co_await place_threads(std::move(subject));
}

/// The guest decides when it lets go.
awaitable<void> QemuDriver::unplug_vcpu(DomainPtr domain, std::shared_ptr<Monitor> monitor,
                                        std::string alias) {
    require_active(*domain);
    auto run = domain->run;
    auto& removal = run->removals[alias];
    removal.take_back();
    json::object arguments{{"id", alias}};
    co_await monitor->execute("device_del", std::move(arguments), options_.monitor_deadline);
    bool gone = co_await removal.wait(removal_patience);
    if (gone) co_return;
    throw error(ErrorCode::OperationTimeout,
                fmt::format("the guest of domain '{}' has not let go of '{}' yet: it may do so later, or its "
                            "system cannot take vcpus out",
                            domain->durable.name, alias));
}

/// Shows in the live definition how many QEMU has now.
awaitable<void> QemuDriver::recount_vcpus(DomainPtr domain, RunPtr run) {
    if (!run || domain->run != run || !run->monitor) co_return;
    auto answer = co_await run->monitor->execute("query-hotpluggable-cpus", options_.monitor_deadline);
    std::uint32_t count = 0;
    for (const auto& place : places_from(answer)) count += place.taken ? place.vcpus : 0;
    if (domain->run != run || count == 0 || count == domain->durable.live.summary.vcpus) co_return;
    std::function<void(Model&)> edit{[count](Model& live) { model::domain::set_current_vcpus(live, count); }};
    Scopes live{true, false};
    co_await change_texts(domain, live, std::move(edit));
}

} // namespace vireo::qemu
