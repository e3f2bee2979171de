// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace vireo::daemon {

/// What `vireod` was asked to do on its command line.
struct Options {
    enum class Action { Serve, PrintVersion, PrintHelp, ListProcedures };
    Action action = Action::Serve;
    std::filesystem::path root; // everything below it; empty for the places of the system or of a user
    bool session = false;       // a user's own instance
    bool in_background = false;
    bool verbose = false;
    std::optional<std::chrono::seconds> timeout; // to end after, without clients and running guests
    std::filesystem::path configuration;         // empty: where it is looked for
    std::filesystem::path pid_file;              // empty: none but our claim
    std::string host_name;                       // empty: as configured
};

/// Understands what libvirtd's users write: "-t 30", "-t30", "-dv", "--timeout=30". Throws Error
/// (InvalidArgument) with what is wrong.
Options parse_options(int argc, char** argv);
/// What `--help` prints.
std::string help_text();

} // namespace vireo::daemon
