// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace vireo::launch {

/// A name such as "quiet-heron" for which `taken` says no.
std::string generate_name(const std::function<bool(const std::string&)>& taken);
/// Throws Error unless the name can be a guest's host name too (RFC 1123: letters, digits and hyphens, at
/// most 63).
void require_host_name(std::string_view name);
/// Throws Error unless a Linux guest can have such a user (lower-case letters, digits, '-' and '_', at most
/// 32).
void require_user_name(std::string_view name);

} // namespace vireo::launch
