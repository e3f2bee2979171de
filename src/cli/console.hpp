// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"

namespace vireo::cli {

/// Connects standard input and output to a console of the domain, until the user leaves with ^] or the guest
/// ends. `flags` are those of virDomainOpenConsole. A terminal is put into raw mode meanwhile.
awaitable<void> run_console(Shell& shell, client::Domain domain, std::optional<std::string> device,
                            std::uint32_t flags);

} // namespace vireo::cli
