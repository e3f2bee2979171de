// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace vireo::cli {

/// The words for the numbers of virDomainState and of its reasons; "no state" and "unknown" for others.
std::string_view state_name(std::int32_t state);
std::string_view reason_name(std::int32_t state, std::int32_t reason);
/// The words for virDomainEventType and its details; "unknown" for others.
std::string_view lifecycle_name(std::int32_t event);
std::string_view lifecycle_detail_name(std::int32_t event, std::int32_t detail);

} // namespace vireo::cli
