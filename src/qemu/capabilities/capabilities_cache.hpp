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
    /// What is known at once, without asking: for code that cannot wait. Null when nothing (current) is
    /// known.
    Shared find(const std::string& emulator) const;

private:
    struct Entry {
        explicit Entry(const asio::any_io_executor& executor) : probed{executor} {}
        BinaryIdentity identity;
        Shared capabilities;
        bool probing = false;
        asio::steady_timer probed; // cancelled when a probe ends
    };
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
