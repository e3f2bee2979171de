// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

namespace vireo::testdriver {

/// What this driver throws: `throw error(ErrorCode::OperationInvalid, "…")`.
inline Error error(ErrorCode code, const std::string& message) { return {code, ErrorDomain::Test, message}; }

} // namespace vireo::testdriver
