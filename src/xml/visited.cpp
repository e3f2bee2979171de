// SPDX-License-Identifier: Apache-2.0
#include "xml/visited.hpp"

#include "xml/canonical.hpp"
#include "xml/document.hpp"

namespace vireo::xml {

std::vector<std::string> Visited::unknown_in(pugi::xml_node element) const {
    std::vector<std::string> found;
    collect(element, found);
    return found;
}

void Visited::collect(pugi::xml_node element, std::vector<std::string>& found) const {
    static const Names nothing;
    auto visit = known_.find(element.hash_value());
    const auto& names = visit == known_.end() ? nothing : visit->second;
    for (auto attribute : element.attributes()) {
        std::string_view name = attribute.name();
        bool declares = name == "xmlns" || name.starts_with("xmlns:");
        if (!declares && !names.attributes.contains(name))
            found.push_back(path_of(element) + "/@" + attribute.name());
    }
    for (auto child : element.children()) {
        if (child.type() != pugi::node_element || whole_.contains(child.hash_value())) continue;
        if (names.elements.contains(child.name()))
            collect(child, found);
        else
            found.push_back(path_of(child));
    }
}

} // namespace vireo::xml
