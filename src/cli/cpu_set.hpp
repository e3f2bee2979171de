// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vireo::cli {

class Shell;

/// How many processors the host of the daemon has, those that are off too.
awaitable<std::size_t> host_cpus(Shell& shell);

/// A bitmap of processors as the wire has it: bit n%8 of byte n/8. Whether processor n is in it.
bool contains_cpu(std::string_view bitmap, std::size_t cpu);
/// "yy-y": a letter for each of the first `count` processors.
std::string cpu_letters(std::string_view bitmap, std::size_t count);
/// "0-1,3"; empty when there is none.
std::string cpu_list(std::string_view bitmap, std::size_t count);
/// The bitmap of a list such as "0-3,^2" of `count` processors, or of all of them for "r"; nothing when it is
/// no such list, or leaves none.
std::optional<std::string> cpu_bitmap(std::string_view list, std::size_t count);

} // namespace vireo::cli
