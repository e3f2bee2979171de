// SPDX-License-Identifier: Apache-2.0
#include "cli/xml_selection.hpp"

#include <fmt/format.h>
#include <ranges>
#include <sstream>

namespace vireo::cli {

namespace {
/// Takes the blanks away by which the document indents what lies `depth` elements deep, and puts `indent`
/// there.
std::string indented(std::string_view text, std::size_t depth, std::string_view indent) {
    const std::string outer(2 * depth, ' ');
    std::string result;
    for (auto part : text | std::views::split('\n')) {
        std::string_view line{part.begin(), part.end()};
        if (line.starts_with(outer)) line.remove_prefix(outer.size());
        result.append(indent).append(line) += '\n';
    }
    return result;
}

std::string text_of(const pugi::xpath_node& found, std::string_view indent) {
    if (auto attribute = found.attribute())
        return fmt::format("{} {}=\"{}\"\n", indent, attribute.name(), attribute.value());
    std::size_t depth = 0;
    for (auto above = found.node().parent(); above && above.type() == pugi::node_element;
         above = above.parent())
        ++depth;
    return indented(as_written(found.node()), depth, indent);
}

} // namespace

pugi::xml_document parsed_xml(const std::string& xml) {
    pugi::xml_document document;
    auto outcome = document.load_string(xml.c_str(), pugi::parse_full | pugi::parse_ws_pcdata);
    if (!outcome)
        throw Error(ErrorCode::XmlError, ErrorDomain::Xml,
                    fmt::format("the daemon's XML cannot be read: {}", outcome.description()));
    return document;
}

std::string laid_out(const pugi::xml_document& document) {
    constexpr std::string_view spaced_end = " />";
    std::ostringstream out;
    document.print(out, "  ",
                   pugi::format_indent | pugi::format_attribute_single_quote | pugi::format_no_declaration);
    auto text = out.str();
    for (auto at = text.find(spaced_end); at != text.npos; at = text.find(spaced_end, at))
        text.replace(at, spaced_end.size(), "/>"); // in a value it would be written with &gt;
    return text;
}

std::string as_written(pugi::xml_node node) {
    std::ostringstream text;
    node.print(text, "", pugi::format_raw);
    return text.str();
}

std::string domain_child_in(const std::string& xml, const char* name) {
    return parsed_xml(xml).child("domain").child_value(name);
}

void show_xml(Shell& shell, const Arguments& arguments, const std::string& xml) {
    auto xpath = arguments.optional_text("xpath");
    shell.show_text("xml", xpath ? select_xml(xml, *xpath, arguments.has("wrap")) : xml);
}

std::string select_xml(const std::string& xml, const std::string& xpath, bool wrap) {
    auto document = parsed_xml(xml);
    pugi::xpath_node_set found;
    try {
        found = document.select_nodes(xpath.c_str());
    } catch (const pugi::xpath_exception& error) {
        throw usage_error(fmt::format("'{}' is no XPath expression: {}", xpath, error.what()));
    }
    found.sort();
    std::string text;
    for (const auto& node : found) text += text_of(node, wrap ? "  " : "");
    if (!wrap) return text;
    return text.empty() ? "<nodes/>\n" : "<nodes>\n" + text + "</nodes>\n";
}

} // namespace vireo::cli
