// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"

#include <string>
#include <vector>

namespace vireo::cli {

/// Copies of the file descriptors in a list such as "3,4" that whoever started this program left open. Throws
/// Error when one is no number or not open.
std::vector<Fd> descriptors_in(const std::string& list);

} // namespace vireo::cli
