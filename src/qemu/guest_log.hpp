// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// The log of one guest: what it was started with, what QEMU writes, how it ended. QEMU has the file itself,
/// opened for appending. All functions block.
class GuestLog {
public:
    GuestLog() = default;
    /// Opens or makes the file (0600; never through a symbolic link). Throws system_error.
    explicit GuestLog(std::filesystem::path path);

    int descriptor() const { return file_.get(); }
    /// Writes the command line as one could type it, and remembers this place for `said`.
    void begin(const std::vector<std::string>& environment, const std::vector<std::string>& arguments);
    /// The last lines that were written since `begin`; few, for an error message.
    std::string said() const;

private:
    std::filesystem::path path_;
    Fd file_;
    std::uint64_t begin_ = 0;
};

/// Adds the line that tells of the end. A log that cannot be written is no reason to fail.
void log_end(const std::filesystem::path& path, std::string_view reason) noexcept;

} // namespace vireo::qemu
