// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace vireo::model::domain {

/// "0-3,^2,8": numbers, ranges, exclusions. Empty is one too.
bool is_cpu_set(std::string_view text);
/// The numbers in it; those above 16384 are none of any list of processors or nodes. The text must be one.
std::set<std::uint32_t> members_of_cpu_set(std::string_view text);
/// Ranges in order, as libvirt writes them: "0-2,4".
std::string text_of_cpu_set(const std::set<std::uint32_t>& members);
/// The same set with ranges in order: "0-2,4" for "4,0-1,2".
std::string canonical_cpu_set(std::string_view text);

} // namespace vireo::model::domain
