// SPDX-License-Identifier: Apache-2.0
// A device comes to a running guest. The live definition with it, and that it is on its way, is on disk
// before QEMU hears of it; then QEMU makes its pieces, which are taken back when one of them fails; then the
// outcome is written, together with the definition where that changes too. What QEMU's silence or the
// daemon's end leaves open, `settle_devices` finds out.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "qemu/devices/attachment.hpp"
#include "qemu/devices/run_places.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/tap.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace vireo::qemu {

using model::domain::Scope;

namespace {
constexpr log::Source log{"qemu.devices"};

/// Whether QEMU has said no, and so what was made by then has been taken back.
bool is_refusal(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        return error.code != ErrorCode::OperationTimeout;
    } catch (const std::exception&) { return false; }
}
} // namespace

awaitable<void> QemuDriver::attach_live(DomainPtr domain, std::string xml, Text definition) {
    auto monitor = co_await require_monitor(domain);
    auto run = domain->run;
    auto plan = std::make_shared<Attachment>();
    auto live = model::domain::parse(domain->durable.live.complete(), Scope::Live);
    plan->capabilities = co_await capabilities_.get(live.devices.emulator);
    plan->context = context_of(*run);
    plan->node = co_await free_node(monitor);
    DurableChange intent{[plan, run, &xml](Durable& next) {
        if (!next.run || next.run->id != run->record.id || !next.live)
            throw error(ErrorCode::OperationInvalid,
                        fmt::format("domain '{}' does not run any more", next.name));
        plan->decide(model::domain::parse(next.live.complete(), Scope::Live), xml);
        require_supported(plan->live, model::domain::Concern::Run);
        next.live = format_text(plan->live, true);
        std::ranges::copy(plan->aliases, std::back_inserter(next.run->changing));
    }};
    co_await save(domain, std::move(intent));
    run->record.changing = domain->durable.run->changing;
    std::exception_ptr failure;
    bool is_made = false;
    try {
        auto files = co_await open_taps(plan);
        co_await make_pieces(monitor, plan->pieces, std::move(files), options_.monitor_deadline);
        is_made = true;
        co_await finish_attachment(domain, run, plan, std::move(definition));
    } catch (...) { failure = std::current_exception(); }
    if (!failure) co_return;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await give_up_attachment(domain, run, plan, !is_made && is_refusal(failure) && monitor->is_open());
    std::rethrow_exception(failure);
}

awaitable<LentFiles> QemuDriver::open_taps(std::shared_ptr<Attachment> plan) {
    auto open = [plan] {
        LentFiles files;
        for (const auto& piece : plan->pieces) {
            if (!piece.passed) continue;
            const auto& interface = plan->live.devices.interfaces.at(piece.passed->interface);
            auto tap = open_tap(interface);
            plan->taps[interface.info.alias] = tap.name;
            files[piece.passed_name] = std::move(tap.descriptor);
        }
        return files;
    };
    return async::blocking(std::move(open));
}

awaitable<void> QemuDriver::finish_attachment(DomainPtr domain, RunPtr run, std::shared_ptr<Attachment> plan,
                                              Text definition) {
    json::value characters;
    bool asks = has_pty(plan->live);
    if (asks) characters = co_await run->monitor->execute("query-chardev", options_.monitor_deadline);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    std::shared_ptr<Model> shown = std::make_shared<Model>();
    DurableChange outcome{[&](Durable& next) {
        if (!next.run || next.run->id != run->record.id || !next.live)
            throw error(ErrorCode::OperationFailed,
                        fmt::format("the guest of domain '{}' has ended meanwhile", next.name));
        auto live = model::domain::parse(next.live.complete(), Scope::Live);
        if (asks) set_ptys(live, characters);
        for (auto& interface : live.devices.interfaces)
            if (auto tap = plan->taps.find(interface.info.alias); tap != plan->taps.end())
                interface.target = tap->second;
        next.live = format_text(live, true);
        for (const auto& alias : plan->aliases) std::erase(next.run->changing, alias);
        if (definition) next.definition = definition;
        *shown = std::move(live);
    }};
    co_await save(domain, std::move(outcome));
    run->record.changing = domain->durable.run->changing;
    run->disk_nodes = DiskNodes{*shown};
    if (!run->agent) prepare_agent(run, *shown);
    publish(domain);
    for (const auto& alias : plan->aliases) tell(domain, hypervisor::DomainDeviceAdded{alias});
    if (definition) tell(domain, hypervisor::DefinedDetail::Updated);
    log.info("{}: attached {}", domain->durable.name, fmt::join(plan->aliases, ", "));
}

/// `is_undone`: QEMU has nothing of it; else nobody knows before QEMU is asked.
awaitable<void> QemuDriver::give_up_attachment(DomainPtr domain, RunPtr run, std::shared_ptr<Attachment> plan,
                                               bool is_undone) {
    if (domain->run != run) co_return;
    std::string failure;
    try {
        if (is_undone) co_await drop_devices(domain, run, plan->aliases);
    } catch (const std::exception& error) { failure = error.what(); }
    if (!failure.empty())
        log.error("{}: its live definition shows a device that it does not have: {}", domain->durable.name,
                  failure);
    if (!is_undone) spawn(settle_devices(domain, run));
}

} // namespace vireo::qemu
