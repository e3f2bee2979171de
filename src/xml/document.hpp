// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"

#include <pugixml.hpp>

#include <string>
#include <string_view>

namespace vireo::xml {

/// A parsed text. Hostile input costs linear time and memory: no entities, at most 256 levels; how long a
/// text may be is the caller's decision. The text must outlive the document (errors look up their line in
/// it).
class Document {
public:
    /// Errors about meaning carry `domain`; malformed text is ErrorCode::XmlDetail. Throws Error.
    Document(std::string_view text, ErrorDomain domain);
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    pugi::xml_node root() const { return tree_.document_element(); }
    /// Throws XmlError unless the root element has this name.
    pugi::xml_node require_root(std::string_view name) const;
    ErrorDomain domain() const { return domain_; }

    /// Throws an Error that tells line and path of the element, and the attribute if there is one.
    [[noreturn]] void fail(pugi::xml_node element, const char* attribute, ErrorCode code,
                           std::string_view message) const;

private:
    void check_structure() const;
    std::size_t line_at(std::ptrdiff_t offset) const;
    [[noreturn]] void fail_syntax(std::ptrdiff_t offset, std::string_view reason) const;

    std::string_view text_;
    ErrorDomain domain_;
    std::string buffer_; // parsed in place
    pugi::xml_document tree_;
};

/// "/domain/devices/disk[2]": the index, from 1, where the parent has several children of that name.
std::string path_of(pugi::xml_node element);

} // namespace vireo::xml
