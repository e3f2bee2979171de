// SPDX-License-Identifier: Apache-2.0
// Threads of QEMU's that serve disks, which come, go and are tuned while the guest runs.
#include "model/domain/edit.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::IoThreadChange;

namespace {
/// QEMU's name of a setting; libvirt's has underscores.
std::string property_of(std::string name) {
    std::ranges::replace(name, '_', '-');
    return name;
}

/// Commands in QEMU's order: the lower bound of a pool is never above the upper one.
std::vector<Piece> pieces_of(const IoThreadChange& change) {
    auto id = fmt::format("iothread{}", change.id);
    std::vector<Piece> pieces;
    auto add = [&](const char* command, json::object arguments) {
        pieces.push_back({command, std::move(arguments), {}, {}, {}, {}});
    };
    switch (change.action) {
    case IoThreadChange::Action::Add: add("object-add", {{"qom-type", "iothread"}, {"id", id}}); break;
    case IoThreadChange::Action::Delete: add("object-del", {{"id", id}}); break;
    case IoThreadChange::Action::Set:
        for (const auto& [name, value] : change.settings)
            add("qom-set", {{"path", "/objects/" + id}, {"property", property_of(name)}, {"value", value}});
    }
    return pieces;
}

void apply(const IoThreadChange& change, model::domain::Domain& domain) {
    switch (change.action) {
    case IoThreadChange::Action::Add: return model::domain::add_iothread(domain, change.id);
    case IoThreadChange::Action::Delete: return model::domain::delete_iothread(domain, change.id);
    case IoThreadChange::Action::Set: break;
    }
    auto& thread = model::domain::require_iothread(domain, change.id);
    for (const auto& [name, value] : change.settings) {
        if (name == "thread_pool_min") thread.pool_min = value;
        if (name == "thread_pool_max") thread.pool_max = value;
    }
    if (thread.pool_min && thread.pool_max && *thread.pool_min > *thread.pool_max)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("I/O thread {}: {} helpers at least are more than {} at most", thread.id,
                                *thread.pool_min, *thread.pool_max));
}

void require_kept(const IoThreadChange& change) {
    for (const auto& [name, value] : change.settings)
        if (name.starts_with("poll_"))
            throw error(ErrorCode::OperationUnsupported,
                        fmt::format("'{}' is of a running guest only: a definition does not keep it", name));
}
} // namespace

awaitable<void> QemuDriver::change_iothread(Uuid uuid, std::string name, IoThreadChange change,
                                            hypervisor::Impact impact) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "change_iothread");
    co_await job.run(edit_iothread(domain, std::move(change), impact));
}

awaitable<void> QemuDriver::edit_iothread(DomainPtr domain, IoThreadChange change,
                                          hypervisor::Impact impact) {
    auto scopes = scopes_of(*domain, impact);
    if (scopes.persistent) {
        require_kept(change);
        auto model = model::domain::parse(domain->durable.definition.complete());
        apply(change, model); // what it refuses, it refuses before anything has changed
    }
    if (scopes.live) {
        auto monitor = co_await require_monitor(domain);
        auto live = co_await read_live(domain);
        apply(change, live);
        LentFiles none;
        co_await make_pieces(monitor, pieces_of(change), std::move(none), options_.monitor_deadline);
    }
    std::function<void(Model&)> edit{[&change](Model& model) { apply(change, model); }};
    co_await change_texts(domain, scopes, std::move(edit));
}

} // namespace vireo::qemu
