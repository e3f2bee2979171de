// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace vireo::cli {

/// The <cpu> elements in a file of a user's: alone, or in the XML of domains, of capabilities or of domain
/// capabilities, one or several after another. Throws Error when there is none.
std::vector<std::string> cpu_descriptions_in(const std::string& path);

} // namespace vireo::cli
