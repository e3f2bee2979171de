// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

#include <optional>

namespace vireo::xml {

/// Which of libvirt's errors a wrong value is, and a missing one where it may not be missing.
struct Rule {
    ErrorCode wrong = ErrorCode::XmlError;
    std::optional<ErrorCode> missing = std::nullopt;
};

inline constexpr Rule required{.missing = ErrorCode::XmlError};
/// libvirt has checks of two ages; the older ones answer ConfigUnsupported or InternalError.
inline constexpr Rule wrong_is_unsupported{.wrong = ErrorCode::ConfigUnsupported};
inline constexpr Rule wrong_is_internal{.wrong = ErrorCode::InternalError};

/// What of a document counts: parts that only a running object has; secrets, and only what older daemons read
/// too (both: written only).
struct View {
    bool live = false, secure = false, migratable = false;
};

} // namespace vireo::xml
