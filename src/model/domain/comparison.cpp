// SPDX-License-Identifier: Apache-2.0
// Two definitions are compared in the form in which they are written, element by element: so whatever has a
// description is compared, and nothing has to be listed again. Elements of one name are paired in their
// order, as a guest's devices are numbered.
#include "model/domain/comparison.hpp"

#include "model/domain/xml.hpp"
#include "xml/document.hpp"
#include "xml/value.hpp"

#include <algorithm>
#include <ranges>

namespace vireo::model::domain {

namespace {
constexpr const char* absent = "none";
constexpr const char* present = "present";

/// Where a pair of elements is: with the indices for people, and without for the table of effects.
struct Place {
    std::string path, plain;
    Place below(std::string_view name, std::size_t index = 0) const {
        return {index == 0 ? fmt::format("{}.{}", path, name) : fmt::format("{}.{}[{}]", path, name, index),
                fmt::format("{}.{}", plain, name)};
    }
};

std::string text_of(pugi::xml_node element) { return std::string{xml::trimmed(element.text().get())}; }

/// Children by name, each name once, in the order of the first element and then of the second.
std::vector<std::string_view> child_names(pugi::xml_node before, pugi::xml_node after) {
    std::vector<std::string_view> names;
    for (auto parent : {before, after})
        for (auto child : parent.children()) {
            std::string_view name = child.name();
            if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
        }
    return names;
}

std::vector<pugi::xml_node> children_of(pugi::xml_node parent, std::string_view name) {
    std::vector<pugi::xml_node> found;
    for (auto child : parent.children())
        if (name == child.name()) found.push_back(child);
    return found;
}

/// The strictest effect of an element's parts: one that is only on one side concerns all that is in it.
Effect effect_of_whole(pugi::xml_node element, std::string_view path) {
    auto text = text_of(element);
    bool is_leaf = !element.first_attribute() && (!element.first_child() || !text.empty());
    std::vector<Effect> parts;
    if (is_leaf || !text.empty()) parts.push_back(effect_of(path));
    for (auto attribute : element.attributes())
        parts.push_back(effect_of(fmt::format("{}.{}", path, attribute.name())));
    for (auto child : element.children())
        if (child.type() == pugi::node_element)
            parts.push_back(effect_of_whole(child, fmt::format("{}.{}", path, child.name())));
    return {std::ranges::any_of(parts, &Effect::guest_sees),
            std::ranges::all_of(parts, &Effect::changes_live)};
}

class Comparison {
public:
    std::vector<Difference> found;

    void elements(const Place& place, pugi::xml_node before, pugi::xml_node after) {
        attributes(place, before, after);
        note(place, text_of(before), text_of(after));
        for (auto name : child_names(before, after)) children(place, name, before, after);
    }

private:
    void attributes(const Place& place, pugi::xml_node before, pugi::xml_node after) {
        for (auto attribute : before.attributes()) {
            auto other = after.attribute(attribute.name());
            note(place.below(attribute.name()), attribute.value(), other ? other.value() : absent);
        }
        for (auto attribute : after.attributes())
            if (!before.attribute(attribute.name()))
                note(place.below(attribute.name()), absent, attribute.value());
    }
    void children(const Place& place, std::string_view name, pugi::xml_node before, pugi::xml_node after) {
        auto old_ones = children_of(before, name), new_ones = children_of(after, name);
        auto count = std::max(old_ones.size(), new_ones.size());
        for (std::size_t i = 0; i < count; ++i) {
            auto below = place.below(name, count == 1 ? 0 : i + 1);
            if (i >= old_ones.size())
                found.push_back({below.path, absent, present, effect_of_whole(new_ones[i], below.plain)});
            else if (i >= new_ones.size())
                found.push_back({below.path, present, absent, effect_of_whole(old_ones[i], below.plain)});
            else
                elements(below, old_ones[i], new_ones[i]);
        }
    }
    void note(const Place& place, std::string before, std::string after) {
        if (before == after) return;
        auto said = [](std::string value) { return value.empty() ? std::string{absent} : std::move(value); };
        found.push_back(
            {place.path, said(std::move(before)), said(std::move(after)), effect_of(place.plain)});
    }
};
} // namespace

std::vector<Difference> differences(const Domain& before, const Domain& after) {
    auto before_text = format(before, {.secure = true}), after_text = format(after, {.secure = true});
    xml::Document before_document{before_text, ErrorDomain::Domain},
        after_document{after_text, ErrorDomain::Domain};
    Comparison comparison;
    comparison.elements({"domain", "domain"}, before_document.root(), after_document.root());
    return std::move(comparison.found);
}

std::optional<Difference> abi_difference(const Domain& before, const Domain& after) {
    auto all = differences(before, after);
    auto seen =
        std::ranges::find_if(all, [](const Difference& difference) { return difference.effect.guest_sees; });
    if (seen == all.end()) return std::nullopt;
    return std::move(*seen);
}

} // namespace vireo::model::domain
