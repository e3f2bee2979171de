// SPDX-License-Identifier: Apache-2.0
#include "model/metadata.hpp"

#include "base/error.hpp"
#include "xml/canonical.hpp"
#include "xml/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace vireo::model {

namespace {

constexpr std::string_view blanks = " \t\r\n";
/// Of the elements of a <metadata> in a domain's document.
constexpr int depth = 2;

Error invalid(const std::string& message) {
    return {ErrorCode::InvalidArgument, ErrorDomain::Domain, message};
}

std::string in_root(const std::string& content) { return "<metadata>" + content + "</metadata>"; }
std::string out_of_root(std::string_view text) {
    constexpr std::string_view root = "<metadata>";
    return std::string{text.substr(root.size(), text.size() - 2 * root.size() - 1)};
}

pugi::xml_node find_element(const xml::Document& document, std::string_view uri) {
    for (auto child : document.root().children())
        if (child.type() == pugi::node_element && xml::namespace_of(child) == uri) return child;
    return {};
}

/// Whether text and elements stand beside each other somewhere in it: then white space counts.
bool is_mixed(pugi::xml_node element) {
    bool has_text = false, has_elements = false;
    for (auto child : element.children()) {
        bool is_element = child.type() == pugi::node_element;
        (is_element ? has_elements : has_text) = true;
        if (is_element && is_mixed(child)) return true;
    }
    return has_text && has_elements;
}

/// The element in lines, the first one `levels` deep; the last line is not ended.
std::string laid_out(pugi::xml_node element, int levels) {
    std::string canonical;
    xml::append_canonical(canonical, element, nullptr, '"');
    if (is_mixed(element)) return std::string(static_cast<std::size_t>(levels) * 2, ' ') + canonical;
    std::string lines;
    xml::append_indented(lines, canonical, levels);
    lines.pop_back();
    return lines;
}

void visit_elements(pugi::xml_node element, auto visit) {
    visit(element);
    for (auto child : element.children())
        if (child.type() == pugi::node_element) visit_elements(child, visit);
}

void check_prefix(std::string_view prefix) {
    auto is_letter = [](unsigned char c) { return std::isalpha(c) || c == '_' || c >= 0x80; };
    auto may_follow = [&](unsigned char c) {
        return is_letter(c) || std::isdigit(c) || c == '-' || c == '.';
    };
    if (prefix.empty() || !is_letter(static_cast<unsigned char>(prefix.front())) ||
        !std::ranges::all_of(prefix, may_follow) || prefix.starts_with("xml"))
        throw invalid(
            fmt::format("'{}' cannot be a prefix for metadata: a name such as 'app' is needed", prefix));
}

/// Brings what has no namespace into this one.
void adopt(pugi::xml_node root, std::string_view uri, std::string_view prefix) {
    auto space = xml::namespace_of(root);
    if (space == uri) return;
    std::string_view name = root.name();
    if (!space.empty() || name.find(':') != name.npos)
        throw invalid(fmt::format(
            "<{}> is in the namespace '{}': metadata for '{}' must be in that or in none", name, space, uri));
    auto declaration = fmt::format("xmlns:{}", prefix);
    if (root.attribute(declaration.c_str()))
        throw invalid(fmt::format("<{}> declares the prefix '{}' for another namespace", name, prefix));
    visit_elements(root, [&](pugi::xml_node element) {
        std::string_view own = element.name();
        if (own.find(':') == own.npos && xml::namespace_of(element).empty())
            element.set_name(fmt::format("{}:{}", prefix, own).c_str());
    });
    root.prepend_attribute(declaration.c_str()).set_value(std::string{uri}.c_str());
}

/// Takes away what declares a prefix for this namespace, unless an attribute needs it.
void drop_declarations(pugi::xml_node element, std::string_view uri) {
    for (auto attribute = element.first_attribute(); attribute;) {
        auto next = attribute.next_attribute();
        std::string_view name = attribute.name();
        if ((name == "xmlns" || name.starts_with("xmlns:")) && attribute.value() == uri)
            element.remove_attribute(attribute);
        attribute = next;
    }
}

} // namespace

std::optional<std::string> find_metadata(const std::string& content, std::string_view uri) {
    auto text = in_root(content);
    xml::Document document{text, ErrorDomain::Domain};
    auto root = find_element(document, uri);
    if (!root) return std::nullopt;
    pugi::xml_document found; // apart from what is declared around it
    auto top = found.append_copy(root);
    std::vector<pugi::xml_node> elements;
    visit_elements(top, [&](pugi::xml_node element) {
        if (xml::namespace_of(element) == uri) elements.push_back(element);
    });
    for (auto element : elements) element.set_name(std::string{xml::local_name(element)}.c_str());
    visit_elements(top, [&](pugi::xml_node element) { drop_declarations(element, uri); });
    return laid_out(top, 0);
}

std::string without_metadata(const std::string& content, std::string_view uri) {
    auto text = in_root(content);
    xml::Document document{text, ErrorDomain::Domain};
    auto element = find_element(document, uri);
    if (!element) return content;
    auto source = xml::source_of(text, element);
    auto begin = static_cast<std::size_t>(source.data() - text.data());
    auto before = std::string_view{text}.substr(0, begin);
    before = before.substr(0, before.find_last_not_of(blanks) + 1);
    auto rest = out_of_root(std::string{before}.append(text, begin + source.size()));
    return rest.find_first_not_of(blanks) == rest.npos ? "" : rest;
}

std::string with_metadata(const std::string& content, std::string_view uri, std::string_view prefix,
                          const std::string& element) {
    if (uri.empty()) throw invalid("metadata needs the URI of its namespace");
    check_prefix(prefix);
    xml::Document document{element, ErrorDomain::Domain};
    adopt(document.root(), uri, prefix);
    auto others = without_metadata(content, uri);
    others.erase(others.find_last_not_of(blanks) + 1);
    return others + "\n" + laid_out(document.root(), depth) + "\n  ";
}

} // namespace vireo::model
