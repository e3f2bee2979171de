// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

// The content of a <metadata>, as its author wrote it: for each application one element, in a namespace of
// its own. These functions know an element by that namespace and leave what belongs to others as it is
// (libvirt's formatdomain, "General metadata"; virDomainSetMetadata, virDomainGetMetadata).

namespace vireo::model {

/// What is in an element's namespace is told without it, as it was set; nullopt: there is no such element.
std::optional<std::string> find_metadata(const std::string& content, std::string_view uri);

/// The content with this element in place of the one that the namespace had. What has no namespace in
/// `element` comes into this one, under the prefix. Throws Error: XmlDetail for text that is no XML,
/// InvalidArgument for an element of another namespace, or an empty uri or a prefix that can be none.
std::string with_metadata(const std::string& content, std::string_view uri, std::string_view prefix,
                          const std::string& element);

/// The content without the namespace's element, if it has one.
std::string without_metadata(const std::string& content, std::string_view uri);

} // namespace vireo::model
