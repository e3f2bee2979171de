// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "qemu/capabilities/capabilities.hpp"

#include <boost/asio/steady_timer.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vireo::qemu {

/// Tells one build of a binary from another: an upgrade changes at least one of these.
struct BinaryIdentity {
    std::uint64_t size = 0, inode = 0, device = 0;
    std::int64_t mtime = 0, ctime = 0; // nanoseconds since 1970
    friend bool operator==(const BinaryIdentity&, const BinaryIdentity&) = default;
};

/// Knows what each emulator can do. Asks it once, and keeps the answer in memory and in a file for as long as
/// the binary stays the same. Lives on the main loop.
class CapabilitiesCache {
public:
    using Shared = std::shared_ptr<const Capabilities>;
    using Probe = std::function<awaitable<Capabilities>(std::string emulator)>;

    /// Files go below `directory`, which is made when needed. `probe` is replaced in tests.
    explicit CapabilitiesCache(std::filesystem::path directory);
    CapabilitiesCache(std::filesystem::path directory, Probe probe);

    /// Throws SystemError when there is no such program, and what the probe throws. Callers who ask for
    /// one binary at the same time share one probe.
    awaitable<Shared> get(std::string emulator);
    /// Of several, asked for at the same time, a few at once. One that cannot be asked is left out with a
    /// warning: a broken binary of one architecture takes nothing from the others.
    awaitable<std::vector<Shared>> get_all(std::vector<std::string> emulators);
    /// What is known at once, without asking: for code that cannot wait. Null when nothing (current) is
    /// known.
    Shared find(const std::string& emulator) const;

private:
    struct Entry {
        BinaryIdentity identity;
        Shared capabilities;
        bool probing = false;
        std::vector<std::shared_ptr<asio::steady_timer>> waiters; // cancelled when the probe ends
        void end_probe();
    };
    struct Batch;
    awaitable<void> work_off(std::shared_ptr<Batch> batch);
    awaitable<Shared> load_or_probe(std::string emulator, BinaryIdentity identity);
    std::filesystem::path file_of(const std::string& emulator) const;

    std::filesystem::path directory_;
    Probe probe_;
    std::map<std::string, std::shared_ptr<Entry>> entries_;
};

/// The emulators in a folder (qemu-system-*), one per architecture, sorted by name. Variants of one
/// architecture (qemu-system-x86_64-microvm) are left out.
std::vector<std::string> find_emulators(const std::filesystem::path& folder = "/usr/bin");

} // namespace vireo::qemu
