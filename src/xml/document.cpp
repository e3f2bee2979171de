// SPDX-License-Identifier: Apache-2.0
#include "xml/document.hpp"

#include "xml/lexical.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vireo::xml {

namespace {

constexpr int max_depth = 256;
constexpr auto parse_options =
    pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_wconv_attribute;

/// The next element of the tree in document order; `depth` follows.
pugi::xml_node next_element(pugi::xml_node node, int& depth) {
    auto element_from = [](pugi::xml_node sibling) {
        while (sibling && sibling.type() != pugi::node_element) sibling = sibling.next_sibling();
        return sibling;
    };
    if (auto child = element_from(node.first_child())) {
        ++depth;
        return child;
    }
    for (; depth > 0; --depth, node = node.parent())
        if (auto sibling = element_from(node.next_sibling())) return sibling;
    return {};
}

/// The name of an attribute that the element has twice, or nullptr.
const char* find_double_attribute(pugi::xml_node element) {
    constexpr int few = 12; // below, comparing each with each is faster than the set
    int count = 0;
    for (auto attribute = element.first_attribute(); attribute; attribute = attribute.next_attribute()) {
        if (++count > few) break;
        for (auto before = element.first_attribute(); before != attribute; before = before.next_attribute())
            if (std::string_view{before.name()} == attribute.name()) return attribute.name();
    }
    if (count <= few) return nullptr;
    std::set<std::string_view> seen;
    for (auto attribute : element.attributes())
        if (!seen.insert(attribute.name()).second) return attribute.name();
    return nullptr;
}

} // namespace

std::string path_of(pugi::xml_node element) {
    if (!element || element.type() == pugi::node_document) return {};
    std::string_view name = element.name();
    std::size_t before = 0, after = 0;
    for (auto other = element.previous_sibling(element.name()); other;
         other = other.previous_sibling(element.name()))
        ++before;
    if (element.next_sibling(element.name())) after = 1;
    auto path = path_of(element.parent());
    path.append("/").append(name);
    if (before + after > 0) path += fmt::format("[{}]", before + 1);
    return path;
}

Document::Document(std::string_view text, ErrorDomain domain) : text_{text}, domain_{domain} {
    if (auto fault = find_lexical_fault(text))
        fail_syntax(static_cast<std::ptrdiff_t>(fault->offset), fault->reason);
    buffer_ = text;
    auto result =
        tree_.load_buffer_inplace(buffer_.data(), buffer_.size(), parse_options, pugi::encoding_utf8);
    if (!result) fail_syntax(result.offset, result.description());
    check_structure();
}

pugi::xml_node Document::require_root(std::string_view name) const {
    if (root().name() != name)
        fail(root(), nullptr, ErrorCode::XmlError, fmt::format("the document must be a <{}>", name));
    return root();
}

void Document::check_structure() const {
    for (auto other = root().next_sibling(); other; other = other.next_sibling())
        if (other.type() == pugi::node_element) fail_syntax(other.offset_debug(), "a second root element");
    int depth = 0;
    for (auto node = root(); node; node = next_element(node, depth)) {
        if (depth >= max_depth)
            fail_syntax(node.offset_debug(), fmt::format("more than {} levels", max_depth));
        if (auto* name = find_double_attribute(node))
            fail_syntax(node.offset_debug(), fmt::format("attribute '{}' is there twice", name));
    }
}

std::size_t Document::line_at(std::ptrdiff_t offset) const {
    auto end = std::clamp<std::ptrdiff_t>(offset, 0, static_cast<std::ptrdiff_t>(text_.size()));
    return 1 + static_cast<std::size_t>(std::count(text_.begin(), text_.begin() + end, '\n'));
}

void Document::fail_syntax(std::ptrdiff_t offset, std::string_view reason) const {
    throw Error{ErrorCode::XmlDetail, domain_,
                fmt::format("malformed XML in line {}: {}", line_at(offset), reason)};
}

void Document::fail(pugi::xml_node element, const char* attribute, ErrorCode code,
                    std::string_view message) const {
    auto path = path_of(element);
    if (attribute) path.append("/@").append(attribute);
    auto domain = code == ErrorCode::XmlError ? ErrorDomain::Xml : domain_;
    throw Error{code, domain, fmt::format("line {}, {}: {}", line_at(element.offset_debug()), path, message)};
}

} // namespace vireo::xml
