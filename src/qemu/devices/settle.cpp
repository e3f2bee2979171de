// SPDX-License-Identifier: Apache-2.0
// What a daemon that ended amid a change has left open, and what happened while none listened: QEMU is asked
// which devices it has. One that was on its way and has come stays; one that has not is taken back; one that
// has gone meanwhile is gone.
#include "base/log.hpp"
#include "qemu/devices/live_rules.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu.devices"};

std::set<std::string> names_in(const json::value& answer) {
    std::set<std::string> names;
    const auto* list = answer.if_array();
    if (list == nullptr) throw error(ErrorCode::OperationFailed, "QEMU does not tell which devices it has");
    for (const auto& item : *list)
        if (const auto* object = item.if_object())
            names.emplace(json::find_text(*object, "name").value_or(""));
    return names;
}

bool makes_device(const std::vector<Piece>& pieces, const std::string& alias) {
    return std::ranges::any_of(pieces, [&](const Piece& piece) {
        return piece.is_device() && json::find_text(piece.arguments, "id") == alias;
    });
}
} // namespace

awaitable<void> QemuDriver::settle_devices(DomainPtr domain, RunPtr run) {
    std::string failure;
    try {
        auto job = co_await begin(domain, async::JobKind::Modify, "settle_devices");
        if (domain->run != run || !run->monitor) co_return;
        co_await job.run(settle_left_devices(domain, run));
    } catch (const std::exception& error) { failure = error.what(); }
    if (!failure.empty() && domain->run == run)
        log.warning("{}: which devices it has was not found out: {}", domain->durable.name, failure);
}

awaitable<void> QemuDriver::settle_left_devices(DomainPtr domain, RunPtr run) {
    auto monitor = run->monitor;
    json::object arguments{{"path", "/machine/peripheral"}};
    auto there =
        names_in(co_await monitor->execute("qom-list", std::move(arguments), options_.monitor_deadline));
    auto live = std::make_shared<const Model>(
        model::domain::parse(domain->durable.live.complete(), model::domain::Scope::Live));
    auto changing = run->record.changing;
    for (const auto& alias : aliases_of(*live)) {
        bool is_changing = std::ranges::find(changing, alias) != changing.end();
        if (!can_be_plugged(*live, alias) && !is_changing) continue;
        if (there.contains(alias)) {
            if (is_changing) co_await apply_device(domain, run, alias, nullptr, true);
            continue;
        }
        auto pieces = co_await pieces_for(run, live, alias);
        if (!makes_device(pieces, alias)) continue;
        log.info("{}: '{}' {}", domain->durable.name, alias,
                 is_changing ? "did not come, and is taken back" : "has gone while nobody listened");
        co_await finish_removal(domain, run, alias);
    }
    if (changing.empty()) co_return;
    std::function<void(RunRecord&)> settled{[changing](RunRecord& record) {
        for (const auto& alias : changing) std::erase(record.changing, alias);
    }};
    co_await save_run(domain, run, std::move(settled));
    publish(domain);
}

} // namespace vireo::qemu
