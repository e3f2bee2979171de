// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <string>
#include <string_view>

namespace vireo::cli {

/// What the user makes of `text` in an editor ($VISUAL, $EDITOR, or sensible-editor) that has this terminal
/// meanwhile. The file it is given has a name that ends with `suffix` and is removed afterwards. Throws Error
/// when the editor cannot be run or fails. With a `line` (from 1), editors that are known to take one begin
/// there.
awaitable<std::string> edited(std::string text, std::string_view suffix, std::size_t line = 0);

/// The line that an error about a document names ("… line 12, /domain/devices: …"); 0: none.
std::size_t line_named_in(std::string_view message);

} // namespace vireo::cli
