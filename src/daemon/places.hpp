// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "daemon/options.hpp"
#include "hypervisor/directories.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace vireo::daemon {

/// Where a daemon keeps its things and finds its configuration.
struct Places {
    hypervisor::Directories directories;
    std::filesystem::path configuration; // of libvirtd.conf and qemu.conf
    bool session = false;                // they are one user's
};

/// The value of an environment variable; empty without it.
using Environment = std::function<std::string(const char* name)>;
std::string process_environment(const char* name);

/// The system's places, or all of them below `root` when it is not empty.
Places places_below(const std::filesystem::path& root);
/// Those of one user, where libvirt's clients look for them (XDG Base Directory Specification). Throws Error
/// when the user has no home.
Places places_of_user(const Environment& environment);
/// What the options mean for who runs us: without root's rights, a daemon that is given no root is a
/// session's.
Places find_places(const Options& options);

/// Makes the directories that are missing. Throws system_error.
void create_places(const Places& places);

/// Makes sure that this is the only daemon there; writes our process number into DIR/vireod.pid. The claim
/// ends with the descriptor. Throws Error (ResourceBusy) with the number of the daemon that has it.
Fd claim(const std::filesystem::path& run);
/// The same for any file.
Fd claim_file(const std::filesystem::path& path);

} // namespace vireo::daemon
