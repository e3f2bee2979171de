// SPDX-License-Identifier: Apache-2.0
// A description is asked by letting it read a document that has nothing but the elements of the path. Where
// parts of an element depend on a choice, as the source of a disk on its type, the choices are tried until
// the next name appears.
#include "model/domain/explain.hpp"

#include "model/domain/describe/domain.hpp"
#include "xml/reader.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <ranges>

namespace vireo::model::domain {

namespace {
using xml::Outline;

/// Elements, each in the one before, with an attribute that was chosen.
struct Chain {
    struct Link {
        std::string name;
        std::string attribute = {}, value = {};
        std::string start() const {
            return attribute.empty() ? fmt::format("<{}>", name)
                                     : fmt::format("<{} {}='{}'>", name, attribute, value);
        }
    };
    std::vector<Link> links;

    std::string document() const {
        std::string text;
        for (const auto& link : links) text += link.start();
        for (const auto& link : links | std::views::reverse) text += fmt::format("</{}>", link.name);
        return text;
    }
    std::string condition() const {
        std::vector<std::string> chosen;
        for (const auto& link : links)
            if (!link.attribute.empty()) chosen.push_back(link.start());
        return fmt::format("{}", fmt::join(chosen, " and "));
    }
    std::string path() const {
        return fmt::format("{}", fmt::join(links | std::views::transform(&Link::name), "."));
    }
};

/// What the description says of each link.
std::vector<Outline::Element> outlines_of(const Chain& chain) {
    auto text = chain.document();
    xml::Document document{text, ErrorDomain::Domain};
    Outline outline;
    xml::Reader node{document.root(), document, text, {.live = false, .secure = true}, outline};
    Domain domain;
    try {
        describe(node, domain);
    } catch (const Error&) { // the elements of the path alone need not fulfil what a domain must: that is
                             // told last
    }
    std::vector<Outline::Element> found;
    for (auto element = document.root(); element; element = element.first_child())
        found.push_back(outline.at(element));
    return found;
}

const xml::Meaning* find(const std::vector<Outline::Named>& list, std::string_view name) {
    auto found = std::ranges::find(list, name, &Outline::Named::name);
    return found == list.end() ? nullptr : &found->meaning;
}

/// What is known of a name in the last link; an attribute where both have it and `wants_attribute`.
struct Found {
    xml::Meaning meaning;
    bool is_attribute;
};
std::optional<Found> find_in(const Outline::Element& element, std::string_view name) {
    const auto* child = find(element.children, name);
    const auto* attribute = find(element.attributes, name);
    if (child != nullptr) return Found{*child, false};
    if (attribute != nullptr) return Found{*attribute, true};
    return std::nullopt;
}

/// Tries the choices of each link, the innermost first; keeps the one that makes the name appear.
std::optional<Found> find_by_choice(Chain& chain, std::string_view name) {
    auto outlines = outlines_of(chain);
    for (auto place = chain.links.size(); place-- > 0;)
        for (const auto& attribute : outlines[place].attributes)
            for (const auto& choice : attribute.meaning.choices) {
                auto chosen = chain;
                chosen.links[place].attribute = attribute.name;
                chosen.links[place].value = choice;
                auto found = find_in(outlines_of(chosen).back(), name);
                if (!found) continue;
                chain = std::move(chosen);
                return found;
            }
    return std::nullopt;
}

[[noreturn]] void refuse(const Chain& chain, std::string_view name) {
    auto last = outlines_of(chain).back();
    std::vector<std::string> names;
    for (const auto* list : {&last.attributes, &last.children})
        for (const auto& known : *list) names.push_back(known.name);
    throw Error(ErrorCode::InvalidArgument, ErrorDomain::Domain,
                names.empty()
                    ? fmt::format("{} has no parts", chain.path())
                    : fmt::format("{} has no '{}'; it has {}", chain.path(), name, fmt::join(names, ", ")));
}

Explanation explanation_of_element(const Chain& chain, xml::Meaning meaning) {
    auto last = outlines_of(chain).back();
    if (meaning.type.empty() && last.text) meaning = *last.text;
    return {chain.path(),
            false,
            chain.condition(),
            std::move(meaning),
            std::move(last.attributes),
            std::move(last.children)};
}
} // namespace

Explanation explain(std::string_view path) {
    Chain chain{{{"domain"}}};
    xml::Meaning meaning;
    bool is_first = true, ended = false;
    for (auto part : path | std::views::split('.')) {
        std::string name{part.begin(), part.end()};
        if (std::exchange(is_first, false) && name == "domain") continue;
        if (ended) refuse(chain, name);
        auto found = find_in(outlines_of(chain).back(), name);
        if (!found) found = find_by_choice(chain, name);
        if (!found) refuse(chain, name);
        meaning = found->meaning;
        ended = found->is_attribute;
        chain.links.push_back({name});
    }
    if (!ended) return explanation_of_element(chain, std::move(meaning));
    auto condition = chain.condition();
    return {chain.path(), true, std::move(condition), std::move(meaning), {}, {}};
}

} // namespace vireo::model::domain
