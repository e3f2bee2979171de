// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"
#include "launch/image_cache.hpp"

#include <atomic>
#include <memory>

namespace vireo::cli {

/// Set by who wants a download to end.
using StopRequest = std::shared_ptr<std::atomic<bool>>;

/// The image that the user means: a file, a URL, or a name of the catalogue. Downloads it when it must be,
/// with a bar on a terminal. Throws Error.
awaitable<launch::FetchedImage> find_image(Shell& shell, std::string wanted, StopRequest stop);

/// vireo images list|fetch|prune
Command images_command();

} // namespace vireo::cli
