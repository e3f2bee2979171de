// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/value.hpp"
#include "protocol/procedure.hpp"

#include <string>

namespace vireo::cli {

/// A parameter's value in the layout of virsh: "yes", "0.500000", "12", a text.
std::string text_of(const protocol::TypedValue& value);
Value value_of(const protocol::TypedValue& value);
/// The value of a parameter that counts, whatever its type on the wire; nothing for texts.
std::optional<std::uint64_t> count_of(const protocol::TypedValue& value);

} // namespace vireo::cli
