// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/configuration/settings.hpp"

namespace vireo::daemon::configuration {

/// Where the files are. A daemon file that was asked for by name must exist; others may be missing.
struct Files {
    std::filesystem::path daemon, qemu;
    bool daemon_required = false;
};

/// What the files said when they were read.
struct Configuration {
    DaemonSettings daemon;
    QemuSettings qemu;
    std::vector<Entry> daemon_entries, qemu_entries;

    /// Names of the keys that stand in a file and have no effect in this version.
    std::vector<std::string> without_effect() const;
};

/// What changed between two readings: names of keys.
struct Changes {
    std::vector<std::string> at_once, at_start;
};
Changes changes_between(const Configuration& before, const Configuration& after);

/// Blocks. Throws Error (ConfSyntax) with file and line; system_error when a file cannot be read.
Configuration read_configuration(const Files& files);

} // namespace vireo::daemon::configuration
