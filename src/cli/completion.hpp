// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/command_line.hpp"
#include "cli/shell.hpp"

namespace vireo::cli {

/// The words of the command that ends at the end of `line`. The last one is what is being typed: empty behind
/// a blank. Nothing can be completed in a line that cannot be taken apart: then that word is all there is.
Words words_to_complete(const std::string& line);

/// What the last of `words` could become, in the words of the table of commands, or as the daemon names its
/// objects. A daemon that cannot be asked has none.
awaitable<std::vector<std::string>> completions(Shell& shell, Words words);

/// The script that makes a shell ("bash", "zsh", "fish") complete with this program. Throws Error for another
/// shell.
std::string completion_script(std::string_view shell);

} // namespace vireo::cli
