// SPDX-License-Identifier: Apache-2.0
#include "cli/xml_selection.hpp"

#include "cli/arguments.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <sstream>

namespace vireo::cli {

namespace {
std::string text_of(const pugi::xpath_node& found) {
    if (found.attribute())
        return fmt::format(" {}=\"{}\"", found.attribute().name(), found.attribute().value());
    std::ostringstream text;
    found.node().print(text, "", pugi::format_raw);
    return text.str();
}
} // namespace

std::string select_xml(const std::string& xml, const std::string& xpath, bool wrap) {
    pugi::xml_document document;
    auto parsed = document.load_string(xml.c_str(), pugi::parse_full | pugi::parse_ws_pcdata);
    if (!parsed)
        throw Error(ErrorCode::XmlError, ErrorDomain::Xml,
                    fmt::format("the daemon's XML cannot be read: {}", parsed.description()));
    pugi::xpath_node_set found;
    try {
        found = document.select_nodes(xpath.c_str());
    } catch (const pugi::xpath_exception& error) {
        throw usage_error(fmt::format("'{}' is no XPath expression: {}", xpath, error.what()));
    }
    found.sort();
    std::string text;
    for (const auto& node : found) text += (wrap ? "  " : "") + text_of(node) + '\n';
    if (!wrap) return text;
    return text.empty() ? "<nodes/>\n" : "<nodes>\n" + text + "</nodes>\n";
}

} // namespace vireo::cli
