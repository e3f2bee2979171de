// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <cstdint>
#include <filesystem>

namespace vireo::qemu {

/// Keeps guests' logs small: one that grows past the limit is copied to NAME.0, the older copies become
/// NAME.1 and NAME.2, and it begins anew. QEMU goes on writing to the same file, which it has open for
/// appending.
class LogKeeper {
public:
    /// What libvirt keeps of a guest's log, too.
    static constexpr std::uint64_t default_limit = 2U << 20;
    static constexpr int copies = 3;

    /// Watches all logs of a folder, which it makes. Throws system_error. Blocks shortly.
    LogKeeper(const asio::any_io_executor& executor, std::filesystem::path folder,
              std::uint64_t limit = default_limit);
    /// Works until it is cancelled. However fast a log grows, it is looked at about once in `pause`.
    awaitable<void> work(std::chrono::milliseconds pause = std::chrono::seconds{1});

private:
    std::filesystem::path folder_;
    std::uint64_t limit_;
    asio::posix::stream_descriptor watch_;
};

/// Copies and empties a log that is larger than `limit`. Blocks. Throws system_error.
void cut_log(const std::filesystem::path& log, std::uint64_t limit);
/// Removes a log and its copies, as far as they are there. Blocks. Throws system_error.
void remove_log(const std::filesystem::path& log);

} // namespace vireo::qemu
