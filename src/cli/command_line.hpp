// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vireo::cli {

using Words = std::vector<std::string>;

/// Takes a line of commands apart as a shell would: words between blanks, '…' and "…" and \ keep blanks, `;`
/// and the end of the line end a command, # begins a comment. Throws Error when a quote stays open.
std::vector<Words> split_commands(std::string_view line);

} // namespace vireo::cli
