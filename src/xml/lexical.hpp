// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace vireo::xml {

struct LexicalFault {
    std::size_t offset;
    std::string_view reason;
};

/// The first place where the text breaks a rule of XML that pugixml lets pass: UTF-8, control characters,
/// references to anything but characters (so no entity is ever expanded), `<` in an attribute, a document
/// type with declarations, text outside of the root. Linear in the text.
std::optional<LexicalFault> find_lexical_fault(std::string_view text);

} // namespace vireo::xml
