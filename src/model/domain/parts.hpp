// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xml/outline.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vireo::model::domain {

/// Elements of a domain's XML, each in the one before, as they must be for a description to tell of a part.
class Chain {
public:
    struct Link {
        std::string name;
        std::vector<std::pair<std::string, std::string>> attributes = {}; ///< that were chosen
        std::string content = {};   ///< elements that must be beside the next link
        std::string condition = {}; ///< what of this must be said of it; empty: nothing
    };
    explicit Chain(std::string root) { links.push_back({std::move(root)}); }

    std::string path() const;      ///< "domain.devices.disk"
    std::string condition() const; ///< "<disk type='network'>"; empty: it is always there
    std::string document() const;
    Chain with(std::string_view child) const;

    std::vector<Link> links;
};

/// A part of an element: an attribute or a child.
struct Part {
    std::string name;
    bool is_attribute;
    xml::Meaning meaning;
    Chain chain; ///< the element, as it must be to have this part
};

/// All that an element may have, by whatever choice in it and around it; and its text.
struct Parts {
    std::vector<Part> list;
    std::optional<xml::Meaning> text;

    /// A child where an attribute has the same name; nullptr: there is none.
    const Part* find(std::string_view name) const;
};
Parts parts_of(const Chain& chain);

} // namespace vireo::model::domain
