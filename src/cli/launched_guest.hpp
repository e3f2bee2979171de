// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"
#include "launch/guest_domain.hpp"
#include "launch/programs.hpp"

namespace vireo::cli {

/// virDomainState
constexpr std::int32_t shut_off_state = 5, crashed_state = 6;

/// A domain that `vireo launch` made, and what it remembers of that.
struct LaunchedGuest {
    client::Domain domain;
    launch::LaunchMetadata metadata;
};

/// Nothing when the domain was made by other means.
awaitable<std::optional<launch::LaunchMetadata>> find_launch_metadata(client::Domain domain);
/// The guest of the option `domain`. Throws Error when it was made by other means.
awaitable<LaunchedGuest> launched_guest_of(Shell& shell, const Arguments& arguments);
/// The ports that its definition forwards.
awaitable<std::vector<launch::Forward>> forwards_of(client::Domain domain);
/// How one gets in. Throws Error when it does not run or the way was taken away.
awaitable<launch::Login> login_of(LaunchedGuest guest);

/// Ends it as it is, if it runs or is about to.
awaitable<void> end_guest(client::Domain domain);

/// Runs a program on the terminal of ours, which is the shell's again when it ends. What it returns is the
/// command's exit code.
awaitable<void> run_on_terminal(Shell& shell, std::vector<std::string> words, std::string_view package);
/// Asks on the terminal. Throws Error where there is none, telling the option that answers.
awaitable<bool> confirmed(Shell& shell, std::string question);

/// "vireo ssh web", with the URI when one was given.
std::string own_command(const Shell& shell, std::string_view words);

} // namespace vireo::cli
