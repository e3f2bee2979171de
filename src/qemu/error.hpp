// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

namespace vireo::qemu {

/// What the QEMU driver throws: `throw error(ErrorCode::OperationInvalid, "…")`.
inline Error error(ErrorCode code, const std::string& message) { return {code, ErrorDomain::Qemu, message}; }

} // namespace vireo::qemu
