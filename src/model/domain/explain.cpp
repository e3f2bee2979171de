// SPDX-License-Identifier: Apache-2.0
#include "model/domain/explain.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

namespace vireo::model::domain {

namespace {
[[noreturn]] void refuse(const Chain& chain, std::string_view name, const Parts& parts) {
    std::vector<std::string_view> names;
    for (const auto& part : parts.list) names.push_back(part.name);
    throw Error(ErrorCode::InvalidArgument, ErrorDomain::Domain,
                names.empty() ? fmt::format("{} has no parts", chain.path())
                              : fmt::format("{} has no '{}'{}; it has {}", chain.path(), name,
                                            hint(nearest(name, names)), fmt::join(names, ", ")));
}

const Part& require(const Chain& chain, std::string_view name, const Parts& parts) {
    const Part* found = nullptr;
    if (name.starts_with('@')) {
        auto is_it = [&](const Part& part) { return part.is_attribute && part.name == name.substr(1); };
        auto place = std::ranges::find_if(parts.list, is_it);
        if (place != parts.list.end()) found = &*place;
    } else {
        found = parts.find(name);
    }
    if (found == nullptr) refuse(chain, name, parts);
    return *found;
}

/// A path as documentation writes it.
std::string marked(const std::string& element, std::string_view name, bool is_attribute) {
    return fmt::format("{}.{}{}", element, is_attribute ? "@" : "", name);
}

Explanation of_attribute(const Part& part) {
    auto element = part.chain.path();
    auto path = fmt::format("{}.{}", element, part.name);
    return {.path = path,
            .of_attribute = true,
            .condition = part.chain.condition(),
            .meaning = part.meaning,
            .effect = effect_of(path),
            .documentation = find_documentation(marked(element, part.name, true)),
            .attributes = {},
            .children = {}};
}

Explanation of_element(const Chain& chain, xml::Meaning meaning, Parts parts) {
    if (meaning.type.empty() && parts.text) meaning = *parts.text;
    Explanation explanation{.path = chain.path(),
                            .of_attribute = false,
                            .condition = chain.condition(),
                            .meaning = std::move(meaning),
                            .effect = effect_of(chain.path()),
                            .documentation = find_documentation(chain.path()),
                            .attributes = {},
                            .children = {}};
    for (auto& part : parts.list)
        (part.is_attribute ? explanation.attributes : explanation.children).push_back(std::move(part));
    return explanation;
}

/// The names below the root, which need not be said.
std::vector<std::string_view> names_in(std::string_view path) {
    std::vector<std::string_view> names;
    for (auto word : path | std::views::split('.')) names.emplace_back(word.begin(), word.end());
    if (names.front() == "domain") names.erase(names.begin());
    return names;
}

/// In small letters: names of the format are of ASCII.
std::string lowered(std::string_view text) {
    std::string result{text};
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}
} // namespace

Explanation explain(std::string_view path) {
    Chain chain{"domain"};
    xml::Meaning meaning;
    auto parts = parts_of(chain);
    auto names = names_in(path);
    for (auto name = names.begin(); name != names.end(); ++name) {
        const auto part = require(chain, *name, parts);
        if (part.is_attribute) {
            if (name + 1 != names.end()) refuse(part.chain.with(part.name), name[1], {});
            return of_attribute(part);
        }
        meaning = part.meaning;
        chain = part.chain.with(part.name);
        parts = meaning.kept ? Parts{} : parts_of(chain);
    }
    return of_element(chain, std::move(meaning), std::move(parts));
}

std::vector<const Documentation*> search(std::string_view words) {
    std::vector<const Documentation*> found;
    for (const auto& entry : documentation()) {
        auto text = lowered(entry.path + ' ' + entry.sentence + ' ' + entry.usual + ' ' + entry.where);
        auto has = [&](auto word) { return text.find(lowered({word.begin(), word.end()})) != text.npos; };
        if (std::ranges::all_of(words | std::views::split(' '), has)) found.push_back(&entry);
    }
    return found;
}

} // namespace vireo::model::domain
