// SPDX-License-Identifier: Apache-2.0
// A guest goes on from a file: one that was named, or the one that waits for its domain's next start.
#include "async/blocking.hpp"
#include "base/log.hpp"
#include "model/domain/comparison.hpp"
#include "model/domain/xml.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "store/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu.saving"};

Error differs(const std::string& what, const std::string& saved, const std::string& wanted) {
    return error(ErrorCode::ConfigUnsupported,
                 fmt::format("a guest that was saved with {} {} cannot go on with {}", what, saved, wanted));
}

/// What no guest notices may differ; these it would.
void require_same(const model::domain::Domain& saved, const model::domain::Domain& wanted) {
    if (saved.name != wanted.name) throw differs("the name", saved.name, wanted.name);
    if (saved.uuid != wanted.uuid) throw differs("the uuid", saved.uuid.text(), wanted.uuid.text());
    if (auto other = abi_difference(saved, wanted)) throw differs(other->path, other->before, other->after);
}

std::string text_of(const SaveHeader& header, bool secrets) {
    auto model = model::domain::parse(header.xml);
    return format_text(model, false).text->text(secrets);
}
} // namespace

struct QemuDriver::Saved {
    Fd file; ///< at the state
    SaveHeader header;
};

awaitable<std::shared_ptr<QemuDriver::Saved>> QemuDriver::open_saved(std::filesystem::path path) {
    auto work = [path] {
        auto saved = std::make_shared<Saved>();
        saved->file = Fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
        if (!saved->file)
            throw std::system_error(errno, std::generic_category(),
                                    fmt::format("cannot open '{}'", path.native()));
        saved->header = read_header(saved->file.get(), path).header;
        return saved;
    };
    co_return co_await async::blocking(std::move(work));
}

awaitable<std::shared_ptr<const QemuDriver::Model>>
QemuDriver::description_of(const SaveHeader& header, std::optional<std::string> changed) {
    auto model = std::make_shared<Model>(co_await read_definition(header.xml, false));
    if (changed) {
        auto wanted = std::make_shared<Model>(co_await read_definition(std::move(*changed), false));
        require_same(*model, *wanted);
        model = wanted;
    }
    co_return model;
}

awaitable<void> QemuDriver::restore_guest(hypervisor::RestoreOptions options) {
    auto saved = co_await open_saved(options.file);
    auto model = co_await description_of(saved->header, std::move(options.xml));
    auto incoming = std::make_shared<Incoming>();
    incoming->file = std::move(saved->file);
    incoming->how = {saved->header.packing, options.bypass_cache};
    incoming->running = options.running.value_or(saved->header.running);
    StartOptions start{.reset_nvram = options.reset_nvram};
    co_await launch_described(model, start, incoming);
}

/// Throws, without an end of the file, whatever is wrong with it: only the user knows what it is worth.
awaitable<void> QemuDriver::start_saved(DomainPtr domain, StartOptions options) {
    auto file = managed_save_file(*domain);
    std::optional<Error> refusal;
    try {
        auto saved = co_await open_saved(file);
        auto model = co_await description_of(saved->header, std::nullopt);
        if (model->uuid != domain->uuid || model->name != domain->durable.name)
            throw error(ErrorCode::OperationFailed, fmt::format("it belongs to domain '{}'", model->name));
        auto incoming = std::make_shared<Incoming>();
        incoming->file = std::move(saved->file);
        incoming->how = {saved->header.packing, options.bypass_cache};
        incoming->running = !options.paused && saved->header.running;
        if (options.paused) incoming->why_paused = hypervisor::SuspendedDetail::Paused;
        incoming->used_up = file;
        co_await start_guest(domain, model, options, incoming);
    } catch (const Error& error) {
        refusal.emplace(
            error.code, error.domain,
            fmt::format("{}; the state that waits for this start is kept in '{}': start with --force-boot "
                        "or remove it (managedsave-remove) to begin without it",
                        error.what(), file.native()));
    }
    if (refusal) throw *refusal;
}

void QemuDriver::require_managed_save(const ManagedDomain& domain) const {
    if (!domain.managed_save)
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("no state of domain '{}' waits for its next start", domain.durable.name));
}

awaitable<void> QemuDriver::drop_managed_save(DomainPtr domain) {
    auto remove = [file = managed_save_file(*domain)] {
        std::filesystem::remove(file);
        store::sync_directory_of(file);
    };
    co_await async::blocking(std::move(remove));
    domain->managed_save = false;
    publish(domain);
    log.info("{}: the state that waited for its next start was removed", domain->durable.name);
}

awaitable<void> QemuDriver::remove_managed_save(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "remove_managed_save");
    require_managed_save(*domain);
    co_await job.run(drop_managed_save(domain));
}

awaitable<std::string> QemuDriver::saved_xml(std::string file, bool secrets) {
    auto saved = co_await open_saved(std::move(file));
    co_return text_of(saved->header, secrets);
}

awaitable<void> QemuDriver::change_saved(std::string file, hypervisor::SavedChange change) {
    auto read = [file] { return read_header(std::filesystem::path{file}); };
    auto known = co_await async::blocking(std::move(read));
    auto header = known.header;
    if (change.running) header.running = *change.running;
    if (change.xml) {
        auto model = co_await description_of(header, std::move(change.xml));
        header.xml = format_text(*model, false).complete();
    }
    auto write = [file, known, header] { replace_header(file, known, header); };
    co_await async::blocking(std::move(write));
}

awaitable<std::string> QemuDriver::managed_save_xml(Uuid uuid, std::string name, bool secrets) {
    auto domain = require(uuid, name);
    require_managed_save(*domain);
    co_return co_await saved_xml(managed_save_file(*domain), secrets);
}

awaitable<void> QemuDriver::change_managed_save(Uuid uuid, std::string name, hypervisor::SavedChange change) {
    auto domain = require(uuid, name);
    auto job = co_await begin(domain, async::JobKind::Modify, "change_managed_save");
    require_managed_save(*domain);
    co_await job.run(change_saved(managed_save_file(*domain), std::move(change)));
}

} // namespace vireo::qemu
