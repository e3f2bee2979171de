// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vireo::cli {

/// The version of libvirt whose interface this program speaks, for scripts that ask.
constexpr std::string_view interface_version = "9.0.0";

} // namespace vireo::cli
