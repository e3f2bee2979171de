// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vireo::xml {

/// What a description says of a value or a child.
struct Meaning {
    std::string type = {}; ///< in words ("a number from 0 to 255"); empty: a child with parts of its own
    std::vector<std::string> choices = {}; ///< all that it may be, where that is few
    std::string usual = {};                ///< what its absence means; empty: that is left to who runs it
    bool required = false;
    bool repeats = false; ///< a child of which there may be several
    bool kept = false;    ///< stored and shown, and refused at start
};

/// What descriptions say of the elements of a document: a Reader that is given one learns instead of refusing
/// what is missing. A description tells of the alternative that the document chooses, so one that says little
/// teaches little.
class Outline {
public:
    struct Named {
        std::string name;
        Meaning meaning;
    };
    struct Element {
        std::vector<Named> attributes, children; ///< in the order of the description
        std::optional<Meaning> text;
    };

    Element& at(pugi::xml_node element) { return elements_[element.hash_value()]; }
    /// Of a name that several lines of a description tell of, the one that says most counts.
    static void add(std::vector<Named>& list, std::string_view name, Meaning meaning) {
        auto known = std::ranges::find(list, name, &Named::name);
        if (known == list.end())
            list.push_back({std::string{name}, std::move(meaning)});
        else if (known->meaning.type.empty() || !meaning.choices.empty())
            known->meaning = std::move(meaning);
    }

private:
    std::unordered_map<std::size_t, Element> elements_;
};

} // namespace vireo::xml
