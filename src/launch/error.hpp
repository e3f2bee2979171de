// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

namespace vireo::launch {

inline Error error(ErrorCode code, const std::string& message) { return {code, ErrorDomain::None, message}; }

} // namespace vireo::launch
