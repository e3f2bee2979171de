// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// Folders of the host that a launched guest mounts by 9p.

namespace vireo::launch {

struct Mount {
    std::filesystem::path directory; ///< of the host
    std::string place;               ///< in the guest; has no blanks, which fstab would have to escape
    friend bool operator==(const Mount&, const Mount&) = default;
};
/// "DIR:/place", split at the last ":/". Throws Error for another form, and for a directory that is none.
Mount parse_mount(std::string_view text);

/// The tag by which the guest mounts the folder of this number, from 0 on.
std::string mount_tag(std::size_t number);

/// What a guest tells of its mounts.
struct MountReport {
    std::string kernel;               ///< its release
    bool knows_9p = false;            ///< its kernel has 9p, or could load it
    std::vector<std::string> mounted; ///< places where a 9p file system is
    bool has(const Mount& mount) const;
};
/// The command line, for any shell, whose output `parse_mount_report` reads. Tries to load the module first.
constexpr std::string_view mount_report_command =
    "sudo -n modprobe -q 9p; uname -r; cat /proc/filesystems /proc/mounts";
MountReport parse_mount_report(std::string_view output);

} // namespace vireo::launch
