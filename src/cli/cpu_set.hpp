// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vireo::cli {

/// A bitmap of processors as the wire has it: bit n%8 of byte n/8. Whether processor n is in it.
bool contains_cpu(std::string_view bitmap, std::size_t cpu);
/// "yy-y": a letter for each of the first `count` processors.
std::string cpu_letters(std::string_view bitmap, std::size_t count);
/// "0-1,3"; empty when there is none.
std::string cpu_list(std::string_view bitmap, std::size_t count);

} // namespace vireo::cli
