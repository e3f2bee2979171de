// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/capabilities_cache.hpp"

#include "async/blocking.hpp"
#include "async/task_group.hpp"
#include "base/log.hpp"
#include "qemu/capabilities/probe.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace vireo::qemu {

namespace {
constexpr log::Source log{"qemu.capabilities"};
/// Counts up when `Capabilities` or the questions change: older files are then of no use.
constexpr std::int64_t format_version = 2;
constexpr std::chrono::milliseconds probe_deadline{30'000};
constexpr std::uintmax_t file_limit = 4U << 20;

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * 1'000'000'000LL + time.tv_nsec; }

std::optional<BinaryIdentity> identify(const std::string& emulator) {
    struct stat status{};
    if (::stat(emulator.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & 0111) == 0)
        return std::nullopt;
    return BinaryIdentity{static_cast<std::uint64_t>(status.st_size), status.st_ino, status.st_dev,
                          nanoseconds(status.st_mtim), nanoseconds(status.st_ctim)};
}

json::array to_json(const BinaryIdentity& identity) {
    return {identity.size, identity.inode, identity.device, identity.mtime, identity.ctime};
}

/// What the file says about this very binary; nothing when it is damaged, old or about another one.
std::optional<Capabilities> load(const std::filesystem::path& path, const std::string& emulator,
                                 const BinaryIdentity& identity) {
    std::error_code missing;
    if (std::filesystem::file_size(path, missing) > file_limit || missing) return std::nullopt;
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    auto document = json::parse(text.str());
    const auto* object = document ? document->if_object() : nullptr;
    if (object == nullptr || json::find_number(*object, "format") != format_version) return std::nullopt;
    const auto* known = json::find_array(*object, "identity");
    if (known == nullptr || json::print(*known) != json::print(to_json(identity))) return std::nullopt;
    const auto* content = json::find_object(*object, "capabilities");
    auto capabilities = content != nullptr ? capabilities_from_json(*content) : std::nullopt;
    if (!capabilities || capabilities->emulator != emulator) return std::nullopt;
    return capabilities;
}

/// Replaces the file as a whole. That a cache cannot be written is no reason to fail.
void save(const std::filesystem::path& path, const Capabilities& capabilities,
          const BinaryIdentity& identity) {
    json::object document{
        {"format", format_version}, {"identity", to_json(identity)}, {"capabilities", to_json(capabilities)}};
    std::error_code failure;
    std::filesystem::create_directories(path.parent_path(), failure);
    auto fresh = path;
    fresh += ".new";
    std::ofstream file{fresh, std::ios::trunc};
    file << json::print(document) << '\n';
    file.close();
    if (file) std::filesystem::rename(fresh, path, failure);
    if (!file || failure) log.warning("{}: cannot keep what {} can do", path.native(), capabilities.emulator);
}
} // namespace

CapabilitiesCache::CapabilitiesCache(std::filesystem::path directory)
    : CapabilitiesCache{std::move(directory), [](std::string emulator) {
                            return probe_capabilities(std::move(emulator), probe_deadline);
                        }} {}

CapabilitiesCache::CapabilitiesCache(std::filesystem::path directory, Probe probe)
    : directory_{std::move(directory)}, probe_{std::move(probe)} {}

CapabilitiesCache::Shared CapabilitiesCache::find(const std::string& emulator) const {
    auto entry = entries_.find(emulator);
    if (entry == entries_.end() || identify(emulator) != entry->second->identity) return nullptr;
    return entry->second->capabilities;
}

void CapabilitiesCache::Entry::end_probe() {
    probing = false;
    for (auto& waiter : std::exchange(waiters, {})) waiter->cancel();
}

awaitable<CapabilitiesCache::Shared> CapabilitiesCache::get(std::string emulator) {
    for (;;) {
        auto identity = identify(emulator);
        if (!identity)
            throw error(ErrorCode::SystemError,
                        fmt::format("there is no emulator '{}' on this host", emulator));
        auto& known = entries_[emulator]; // only of what exists: clients may name anything
        if (!known) known = std::make_shared<Entry>();
        auto entry = known;
        if (entry->capabilities && entry->identity == *identity) co_return entry->capabilities;
        if (!entry->probing) {
            entry->probing = true;
            std::shared_ptr<Entry> probing{entry.get(), [entry](Entry*) { entry->end_probe(); }};
            auto found = co_await load_or_probe(emulator, *identity);
            entry->identity = *identity;
            entry->capabilities = std::move(found);
            co_return entry->capabilities;
        }
        auto never = asio::steady_timer::time_point::max();
        auto waiter = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, never);
        entry->waiters.push_back(waiter);
        co_await waiter->async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

/// Emulators that several tasks work off together.
struct CapabilitiesCache::Batch {
    std::vector<std::string> emulators;
    std::vector<Shared> answers; // in the same order; null: it cannot be asked
    std::size_t next = 0;
};

awaitable<void> CapabilitiesCache::work_off(std::shared_ptr<Batch> batch) {
    while (batch->next < batch->emulators.size()) {
        auto index = batch->next++;
        auto emulator = batch->emulators[index];
        try {
            batch->answers[index] = co_await get(emulator);
        } catch (const Error& problem) { log.warning("{} is left out: {}", emulator, problem.what()); }
    }
}

awaitable<std::vector<CapabilitiesCache::Shared>>
CapabilitiesCache::get_all(std::vector<std::string> emulators) {
    constexpr std::size_t at_once = 4;
    auto batch = std::make_shared<Batch>();
    batch->answers.resize(emulators.size());
    batch->emulators = std::move(emulators);
    async::TaskGroup workers{co_await asio::this_coro::executor};
    for (std::size_t count = 0; count < at_once; ++count) workers.spawn(work_off(batch));
    std::exception_ptr interrupted;
    try {
        co_await workers.join();
    } catch (...) { interrupted = std::current_exception(); }
    if (interrupted) {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await workers.stop();
        std::rethrow_exception(interrupted);
    }
    std::erase(batch->answers, nullptr);
    co_return std::move(batch->answers);
}

awaitable<CapabilitiesCache::Shared> CapabilitiesCache::load_or_probe(std::string emulator,
                                                                      BinaryIdentity identity) {
    auto path = file_of(emulator);
    auto read = [path, emulator, identity] { return load(path, emulator, identity); };
    auto kept = co_await async::blocking(std::move(read));
    if (kept) co_return std::make_shared<const Capabilities>(std::move(*kept));
    log.info("asking {} what it can do", emulator);
    auto fresh = std::make_shared<const Capabilities>(co_await probe_(emulator));
    auto write = [path, fresh, identity] { save(path, *fresh, identity); };
    co_await async::blocking(std::move(write));
    co_return fresh;
}

/// One file per path, which is part of the name so that people recognise it, and hashed so that no two share
/// it.
std::filesystem::path CapabilitiesCache::file_of(const std::string& emulator) const {
    std::uint64_t hash = 0xcbf29ce484222325U; // FNV-1a
    for (unsigned char byte : emulator) hash = (hash ^ byte) * 0x100000001b3U;
    return directory_ /
           fmt::format("{}-{:016x}.json", std::filesystem::path{emulator}.filename().native(), hash);
}

std::vector<std::string> find_emulators(const std::filesystem::path& folder) {
    constexpr std::string_view prefix = "qemu-system-";
    std::vector<std::string> found;
    std::error_code unreadable;
    for (const auto& entry : std::filesystem::directory_iterator{folder, unreadable}) {
        auto name = entry.path().filename().native();
        if (!name.starts_with(prefix) || name.find('-', prefix.size()) != name.npos) continue;
        if (identify(entry.path().native())) found.push_back(entry.path().native());
    }
    std::ranges::sort(found);
    return found;
}

} // namespace vireo::qemu
