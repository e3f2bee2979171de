// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "base/uuid.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::launch {

/// Where the folders of launched guests are: XDG_DATA_HOME/vireo/launch; without that variable below the home
/// directory, for root in /var/lib/vireo/launch, where the system's daemon can read.
std::filesystem::path launch_directory();

/// What a folder says of itself (its file launch.json).
struct FolderFacts {
    Uuid domain;
    std::string name;
    std::string uri;            ///< of the daemon
    std::string image;          ///< which the disk lies over
    bool defined = false;       ///< a domain was made of it: it is the user's now
    bool being_made = false;    ///< by a process that lives
    std::filesystem::path path; ///< the folder
};

/// The folder of one launched guest: its disk, its seed, the key that opens it. The process that makes it
/// holds a lock on it, so that what a killed one left is known.
class GuestFolder {
public:
    /// Makes the folder of that name, for its owner alone. Throws Error when there is one.
    static GuestFolder create(const std::filesystem::path& directory, FolderFacts facts);

    const std::filesystem::path& path() const { return facts_.path; }
    std::filesystem::path disk() const { return facts_.path / "disk.qcow2"; }
    std::filesystem::path seed() const { return facts_.path / "seed.iso"; }
    std::filesystem::path console_log() const { return facts_.path / "console.log"; }
    /// Writes a file of the folder, for its owner alone. Throws Error.
    void write(std::string_view name, std::string_view content) const;
    void mark_defined();

private:
    GuestFolder(FolderFacts facts, Fd lock) : facts_{std::move(facts)}, lock_{std::move(lock)} {}
    void save() const;
    FolderFacts facts_;
    Fd lock_;
};

/// Nothing when there is no folder of a launched guest.
std::optional<FolderFacts> read_folder(const std::filesystem::path& folder);
std::vector<FolderFacts> all_folders(const std::filesystem::path& directory);

/// Removes what launching made in the folder, and the folder when nothing else is in it. Returns what stayed
/// since someone else put it there. Throws Error.
std::vector<std::filesystem::path> remove_folder(const std::filesystem::path& folder);

/// The last lines of a file, of its last 64 KiB; empty when it cannot be read.
std::vector<std::string> last_lines(const std::filesystem::path& file, std::size_t count);

} // namespace vireo::launch
