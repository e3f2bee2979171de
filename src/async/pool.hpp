// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace vireo::async {

/// How many threads the pool of `blocking` has: `least` from now on, and up to `most` as long as there is
/// more to do. Those that are too many end when they have done what they do. At the beginning: none, and up
/// to four. Needs 1 <= most and least <= most. Any thread.
void size_pool(std::size_t least, std::size_t most);

} // namespace vireo::async
