// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>

#include <string>
#include <string_view>

namespace vireo::xml {

/// A namespace whose elements are stored with a prefix of our choice.
struct Namespace {
    std::string_view uri, prefix;
};

/// The namespace of an element by the declarations around it; empty when it has none.
std::string_view namespace_of(pugi::xml_node element);
/// The name without its prefix.
std::string_view local_name(pugi::xml_node element);

/// Appends the element in canonical form: one line, one kind of quotes, libvirt's escapes, no comments, no
/// text of mere white space between elements. It stands alone: prefixes declared around the element are
/// declared at it, but elements of `known` (if given) get its prefix and no declaration.
void append_canonical(std::string& out, pugi::xml_node element, const Namespace* known = nullptr,
                      char quote = '\'');

/// Appends elements in canonical form as libvirt lays them out: a line each, two spaces per level, from
/// `depth` on.
void append_indented(std::string& out, std::string_view canonical, int depth);

/// The element as its author wrote it: from its '<' to its end.
std::string_view source_of(std::string_view text, pugi::xml_node element);

/// The content of a <metadata> as its author wrote it, out of the document's text: white space, comments,
/// quotes. Each namespace has one element in it: what repeats one, or has none, is left out (libvirt's
/// formatdomain, "General metadata"). An element that uses prefixes declared around it is rewritten to
/// declare them itself.
std::string verbatim_content(std::string_view text, pugi::xml_node element);

} // namespace vireo::xml
