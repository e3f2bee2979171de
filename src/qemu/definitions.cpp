// SPDX-License-Identifier: Apache-2.0
// What is defined. A name belongs to a domain from the moment that its definition is on the way to the disk
// (`reserved_names_`), so that of two who want it at once only one gets it. These jobs are short and end in
// themselves: a destroy of the guest, which cancels others, does not cancel them.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "model/domain/xml.hpp"
#include "qemu/defaults/complete.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "qemu/uefi.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <fmt/format.h>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu"};

/// Holds a name until its domain is published, or has failed. Several may hold it for the same domain.
class NameReservation {
public:
    using Names = std::multimap<std::string, Uuid, std::less<>>;
    NameReservation(Names& names, const std::string& name, const Uuid& uuid)
        : names_{names}, place_{names.emplace(name, uuid)} {}
    NameReservation(const NameReservation&) = delete;
    NameReservation& operator=(const NameReservation&) = delete;
    ~NameReservation() { names_.erase(place_); }

private:
    Names& names_;
    Names::iterator place_;
};
} // namespace

awaitable<QemuDriver::Model> QemuDriver::read_definition(std::string xml, bool strict) {
    using model::domain::Unknown;
    auto model =
        co_await hypervisor::parse_definition(std::move(xml), strict ? Unknown::Refuse : Unknown::Ignore);
    auto capabilities = co_await capabilities_.get(emulator_of(model, host_architecture()));
    complete(model, *capabilities);
    name_variables(model, nvram_directory());
    co_return model;
}

Uuid QemuDriver::owner_of(std::string_view name) const {
    if (auto known = registry_.find_by_name(name)) return known->uuid;
    auto reserved = reserved_names_.find(name);
    return reserved == reserved_names_.end() ? Uuid{} : reserved->second;
}

void QemuDriver::require_free(const Model& model) const {
    auto owner = owner_of(model.name);
    if (!owner.is_nil() && owner != model.uuid)
        throw error(ErrorCode::OperationFailed,
                    fmt::format("domain '{}' already exists with uuid {}", model.name, owner.text()));
    auto known = find(model.uuid);
    if (known && !known->durable.name.empty() && known->durable.name != model.name)
        throw error(ErrorCode::OperationFailed, fmt::format("uuid {} already belongs to domain '{}'",
                                                            model.uuid.text(), known->durable.name));
}

awaitable<QemuDriver::DomainSnapshotPtr> QemuDriver::define(std::string xml,
                                                            hypervisor::DefineOptions options) {
    auto model = co_await read_definition(std::move(xml), options.validate);
    auto text = format_text(model, false);
    for (;;) { // until it is not taken away between our look and our turn
        require_free(model);
        NameReservation reservation{reserved_names_, model.name, model.uuid};
        auto& known = domains_[model.uuid];
        if (!known) known = std::make_shared<ManagedDomain>(executor_, model.uuid);
        auto domain = known;
        async::JobRequest request{.name = "define"};
        auto job = co_await domain->jobs.begin(std::move(request));
        if (domain->gone || (!domain->durable.name.empty() && domain->durable.name != model.name)) continue;
        if (co_await job.run(set_definition(domain, model.name, text))) co_return snapshot_of(*domain);
    }
}

awaitable<bool> QemuDriver::set_definition(DomainPtr domain, std::string name, Text text) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    bool known = bool{domain->durable.definition};
    DurableChange change{[&name, &text](Durable& next) {
        next.name = name;
        next.definition = text;
    }};
    std::exception_ptr failure;
    bool saved = false;
    try {
        saved = co_await try_save(domain, std::move(change));
    } catch (...) { failure = std::current_exception(); }
    if (failure) {
        publish(domain); // forgets it when it was new
        std::rethrow_exception(failure);
    }
    if (!saved) co_return false;
    publish(domain);
    tell(domain, known ? hypervisor::DefinedDetail::Updated : hypervisor::DefinedDetail::Added);
    log.info("{}: defined", name);
    co_return true;
}

awaitable<void> QemuDriver::undefine(Uuid uuid, std::string name, hypervisor::UndefineOptions options) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "undefine");
    co_await job.run(remove_definition(domain, options));
}

awaitable<void> QemuDriver::settle_nvram(DomainPtr domain, hypervisor::UndefineOptions options) {
    if (!domain->durable.definition.summary.names_firmware) co_return; // nothing to parse it for
    auto file = nvram_file(model::domain::parse(domain->durable.definition.complete()), nvram_directory());
    if (file.empty() || options.keep_nvram) co_return;
    auto exists = [file] { return std::filesystem::exists(file); };
    if (!co_await async::blocking(std::move(exists))) co_return;
    if (!options.remove_nvram)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("domain '{}' has variables of its UEFI in '{}': say whether they shall be removed "
                        "(--nvram) or kept (--keep-nvram)",
                        domain->durable.name, file.native()));
    auto remove = [file] { std::filesystem::remove(file); };
    co_await async::blocking(std::move(remove));
}

awaitable<void> QemuDriver::remove_definition(DomainPtr domain, hypervisor::UndefineOptions options) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (!domain->durable.definition)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is transient: it has no definition", domain->durable.name));
    if (domain->managed_save && !options.managed_save)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("a state of domain '{}' waits for its next start: say that it shall be removed "
                        "too (--managed-save)",
                        domain->durable.name));
    co_await settle_nvram(domain, options);
    if (domain->managed_save) co_await drop_managed_save(domain);
    DurableChange change{[](Durable& next) {
        next.definition = {};
        next.autostart = false;
    }};
    co_await save(domain, std::move(change));
    publish(domain);
    tell(domain, hypervisor::UndefinedDetail::Removed);
    log.info("{}: undefined", domain->durable.name);
}

awaitable<void> QemuDriver::rename(Uuid uuid, std::string name, std::string new_name) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "rename");
    co_await job.run(change_name(domain, std::move(new_name)));
}

awaitable<void> QemuDriver::change_name(DomainPtr domain, std::string new_name) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto old_name = domain->durable.name;
    if (domain->run || !domain->durable.definition)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is active or transient and cannot be renamed", old_name));
    if (domain->managed_save)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("a state of domain '{}' waits for its next start: it cannot be renamed", old_name));
    if (new_name == old_name)
        throw error(ErrorCode::InvalidArgument, fmt::format("domain '{}' has that name already", old_name));
    auto model = model::domain::parse(domain->durable.definition.complete());
    auto nvram = nvram_file(model, nvram_directory()); // the name of the file stays the old one
    if (!nvram.empty()) {
        if (!model.os.nvram) model.os.nvram.emplace();
        model.os.nvram->path = nvram.native();
    }
    model.name = new_name;
    auto text = format_text(model, false);
    model::domain::parse(text.complete()); // whether the name may be one
    if (!owner_of(new_name).is_nil())
        throw error(ErrorCode::OperationInvalid, fmt::format("there is a domain '{}' already", new_name));
    NameReservation reservation{reserved_names_, new_name, domain->uuid};
    DurableChange change{[&](Durable& next) {
        next.name = new_name;
        next.definition = text;
    }};
    co_await save(domain, std::move(change));
    publish(domain);
    events_.publish(
        {old_name, domain->uuid, -1, hypervisor::DomainLifecycle{hypervisor::UndefinedDetail::Renamed}});
    tell(domain, hypervisor::DefinedDetail::Renamed);
    log.info("{}: renamed to {}", old_name, new_name);
}

awaitable<void> QemuDriver::set_autostart(Uuid uuid, std::string name, bool autostart) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "set_autostart");
    co_await job.run(change_autostart(domain, autostart));
}

awaitable<void> QemuDriver::change_autostart(DomainPtr domain, bool autostart) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (!domain->durable.definition)
        throw error(
            ErrorCode::OperationInvalid,
            fmt::format("domain '{}' is transient: it cannot be started by itself", domain->durable.name));
    DurableChange change{[autostart](Durable& next) { next.autostart = autostart; }};
    co_await save(domain, std::move(change));
    publish(domain);
}

awaitable<QemuDriver::DomainSnapshotPtr> QemuDriver::create(std::string xml, StartOptions options) {
    auto model = std::make_shared<const Model>(co_await read_definition(std::move(xml), options.validate));
    co_return co_await launch_described(std::move(model), options, nullptr);
}

awaitable<QemuDriver::DomainSnapshotPtr>
QemuDriver::launch_described(std::shared_ptr<const Model> model, StartOptions options, IncomingPtr incoming) {
    for (;;) {
        require_free(*model);
        NameReservation reservation{reserved_names_, model->name, model->uuid};
        auto& known = domains_[model->uuid];
        if (!known) known = std::make_shared<ManagedDomain>(executor_, model->uuid);
        auto domain = known;
        async::JobRequest request{.name = "create"};
        auto job = co_await domain->jobs.begin(std::move(request));
        if (domain->gone || (!domain->durable.name.empty() && domain->durable.name != model->name)) continue;
        if (domain->run)
            throw error(ErrorCode::OperationInvalid,
                        fmt::format("domain '{}' is already active", model->name));
        if (domain->managed_save)
            throw error(
                ErrorCode::OperationInvalid,
                fmt::format("a state of domain '{}' waits for its next start: start it, or remove the "
                            "state (managedsave-remove)",
                            model->name));
        co_await job.run(start_guest(domain, model, options, incoming));
        co_return snapshot_of(*domain);
    }
}

awaitable<QemuDriver::DomainSnapshotPtr> QemuDriver::start(Uuid uuid, std::string name,
                                                           StartOptions options) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "start");
    if (domain->run)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("domain '{}' is already running", domain->durable.name));
    if (domain->managed_save && !options.force_boot) {
        co_await job.run(start_saved(domain, options));
        co_return snapshot_of(*domain);
    }
    auto model = std::make_shared<const Model>(model::domain::parse(domain->durable.definition.complete()));
    if (domain->managed_save) co_await drop_managed_save(domain);
    co_await job.run(start_guest(domain, model, options));
    co_return snapshot_of(*domain);
}

} // namespace vireo::qemu
