// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vireo::cli {

/// The same document with a line for each member, indented by two, without a last end of line. Throws Error
/// when it is no JSON.
std::string pretty_json(const std::string& document);

/// A member of a document, as JSON. Throws Error when there is none.
std::string member_of(const std::string& document, std::string_view name);

} // namespace vireo::cli
