// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace vireo::xml {

/// What descriptions have named in a document; whatever else is in it, nobody knows.
class Visited {
public:
    /// The names must live for ever: they are those of descriptions.
    void add_element(pugi::xml_node parent, const char* name) {
        known_[parent.hash_value()].elements.insert(name);
    }
    void add_attribute(pugi::xml_node element, const char* name) {
        known_[element.hash_value()].attributes.insert(name);
    }
    /// All below this element is known.
    void add_whole(pugi::xml_node element) { whole_.insert(element.hash_value()); }

    /// Paths of the elements and attributes below `element` that no description named.
    std::vector<std::string> unknown_in(pugi::xml_node element) const;

private:
    struct Names {
        std::set<std::string_view> elements, attributes;
    };
    void collect(pugi::xml_node element, std::vector<std::string>& found) const;
    std::unordered_map<std::size_t, Names> known_;
    std::unordered_set<std::size_t> whole_;
};

} // namespace vireo::xml
