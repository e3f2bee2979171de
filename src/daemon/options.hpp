// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"

#include <filesystem>
#include <string>

namespace vireo::daemon {

/// What `vireod` was asked to do on its command line.
struct Options {
    enum class Action { Serve, PrintVersion, PrintHelp, ListProcedures };
    Action action = Action::Serve;
    std::filesystem::path root; // everything below it; empty for the system's places
    bool in_background = false;
    log::Level log_level = log::Level::Info;
};

/// Throws Error (InvalidArgument) with what is wrong.
Options parse_options(int argc, char** argv);
/// What `--help` prints.
std::string help_text();

} // namespace vireo::daemon
