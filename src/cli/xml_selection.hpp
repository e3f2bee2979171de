// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/shell.hpp"

#include <pugixml.hpp>

#include <string>

namespace vireo::cli {

/// The XML of a daemon's answer. Throws Error when it is none.
pugi::xml_document parsed_xml(const std::string& xml);

/// Shows a document, or with --xpath and --wrap what they select of it.
void show_xml(Shell& shell, const Arguments& arguments, const std::string& xml);

/// The nodes of `xml` that `xpath` selects, a line each; with `wrap`, all below one root element <nodes>.
/// Throws Error when the expression is wrong or selects nothing.
std::string select_xml(const std::string& xml, const std::string& xpath, bool wrap);

/// A new document in libvirt's layout.
std::string laid_out(const pugi::xml_document& document);
/// An element as it stands in its document, white space included.
std::string as_written(pugi::xml_node node);

/// What stands in the child `name` of a domain's XML, such as its <title>; empty when it has none. Throws
/// Error when the XML is none.
std::string domain_child_in(const std::string& xml, const char* name);

} // namespace vireo::cli
