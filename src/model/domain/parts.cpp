// SPDX-License-Identifier: Apache-2.0
// A description is asked by letting it read a document that has nothing but the elements of a path. Where
// parts of an element depend on a choice, as the source of a disk on its type, all choices are tried: those
// of the element itself, and those of the elements around it.
#include "model/domain/parts.hpp"

#include "model/domain/describe/domain.hpp"
#include "xml/reader.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

namespace vireo::model::domain {

namespace {
using xml::Outline;

/// What descriptions want to see in an element before they tell of the rest.
struct Need {
    std::string_view path, name, content; ///< the end of the element's path, and what must be in it
};
constexpr auto needs = std::to_array<Need>({
    {"launchSecurity", "policy", "<policy>1</policy>"},
    {"disk.backingStore", "format", "<format type='raw'/>"},
    {"disk.backingStore", "source", "<source file='/image'/>"},
    {"channel", "target", "<target type='virtio'/>"},
    {"rng", "backend", "<backend model='random'/>"},
    {"lease", "target", "<target path='/lease'/>"},
    {"memory", "target", "<target><size>1</size></target>"},
    {"memory.target", "size", "<size>1</size>"},
    {"tpm", "backend", "<backend type='passthrough'/>"},
    {"crypto", "backend", "<backend model='builtin'/>"},
    {"smartcard", "certificate",
     "<certificate>a</certificate><certificate>b</certificate><certificate>c</certificate>"},
    {"hostdev", "source", "<source><address/><adapter name='scsi_host0'/></source>"},
    {"hostdev.source", "address", "<address/>"},
    {"hostdev.source", "adapter", "<adapter name='scsi_host0'/>"},
});

/// A choice that is a free text to the description, or that other elements make.
struct Choice {
    std::string_view path, condition;
    std::array<std::pair<std::string_view, std::string_view>, 2> attributes;
    std::string_view content;
};
constexpr auto further_choices = std::to_array<Choice>({
    {"interface", "<model type='virtio'>", {}, "<model type='virtio'/>"},
    {"interface.source.address", "", {{{"type", "pci"}}}, ""},
    {"interface.source.address", "", {{{"type", "usb"}}}, ""},
    {"sysinfo", "", {{{"type", "fwcfg"}}}, ""},
    {"sysinfo", "", {{{"type", "smbios"}}}, ""},
    {"smartcard", "", {{{"mode", "passthrough"}, {"type", "tcp"}}}, ""},
    {"hub", "", {{{"type", "usb"}}}, ""},
    {"slice", "", {{{"type", "storage"}}}, ""},
    {"hostdev", "", {{{"mode", "capabilities"}, {"type", "storage"}}}, ""},
});

/// Whether the path of a chain up to a link ends so.
bool ends_with(const Chain& chain, std::size_t place, std::string_view end) {
    for (;; --place) {
        auto dot = end.rfind('.');
        if (chain.links[place].name != end.substr(dot == end.npos ? 0 : dot + 1)) return false;
        if (dot == end.npos) return true;
        if (place == 0) return false;
        end = end.substr(0, dot);
    }
}

/// What the description says of the last link.
Outline::Element outline_of(const Chain& chain) {
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
    auto element = document.root();
    for (std::size_t i = 1; i < chain.links.size(); ++i) element = element.first_child();
    return std::move(outline.at(element));
}

/// Adds what the outline has and is not in the list yet; true when there was something.
bool add_new(Parts& parts, const Chain& chain, Outline::Element outline) {
    bool is_new = false;
    auto add = [&](Outline::Named& named, bool is_attribute) {
        bool known = std::ranges::any_of(parts.list, [&](const Part& part) {
            return part.is_attribute == is_attribute && part.name == named.name;
        });
        if (!known) parts.list.push_back({named.name, is_attribute, std::move(named.meaning), chain});
        is_new |= !known;
    };
    for (auto& attribute : outline.attributes) add(attribute, true);
    for (auto& child : outline.children) add(child, false);
    if (outline.text && !parts.text) parts.text = std::move(outline.text);
    return is_new;
}

/// Sets an attribute; false when it was so already.
bool choose(Chain::Link& link, std::string_view name, std::string_view value) {
    auto known = std::ranges::find(link.attributes, name, &std::pair<std::string, std::string>::first);
    if (known == link.attributes.end())
        link.attributes.emplace_back(name, value);
    else if (known->second != value)
        known->second = value;
    else
        return false;
    return true;
}

/// The chain with each choice that one of its links has.
std::vector<Chain> choices_at(const Chain& chain, std::size_t place) {
    std::vector<Chain> chains;
    Chain prefix = chain;
    prefix.links.resize(place + 1, {});
    const auto outline = outline_of(prefix);
    for (const auto& attribute : outline.attributes)
        for (const auto& value : attribute.meaning.choices)
            if (auto chosen = chain; choose(chosen.links[place], attribute.name, value))
                chains.push_back(std::move(chosen));
    for (const auto& choice : further_choices) {
        auto chosen = chain;
        auto& link = chosen.links[place];
        if (!ends_with(chain, place, choice.path) || !link.content.empty()) continue;
        for (auto [name, value] : choice.attributes)
            if (!name.empty()) choose(link, name, value);
        link.content = choice.content;
        link.condition = choice.condition;
        chains.push_back(std::move(chosen));
    }
    return chains;
}

/// What must be in a link of the chain beside the next one.
std::string content_beside_next(const Chain& chain, std::size_t place) {
    auto content = chain.links[place].content;
    for (const auto& [path, name, needed] : needs) {
        bool is_next = place + 1 < chain.links.size() && chain.links[place + 1].name == name;
        if (!is_next && ends_with(chain, place, path)) content += needed;
    }
    return content;
}
} // namespace

std::string Chain::path() const {
    return fmt::format("{}", fmt::join(links | std::views::transform(&Link::name), "."));
}

std::string Chain::condition() const {
    std::vector<std::string> chosen;
    for (const auto& link : links) {
        if (!link.condition.empty()) {
            chosen.push_back(link.condition);
        } else if (!link.attributes.empty()) {
            auto& text = chosen.emplace_back("<" + link.name);
            for (const auto& [name, value] : link.attributes) text += fmt::format(" {}='{}'", name, value);
            text += '>';
        }
    }
    return fmt::format("{}", fmt::join(chosen, " and "));
}

std::string Chain::document() const {
    std::string text, end;
    for (std::size_t i = 0; i < links.size(); ++i) {
        text += "<" + links[i].name;
        if (i == 0) text += fmt::format(" xmlns:{}='{}'", qemu_namespace.prefix, qemu_namespace.uri);
        for (const auto& [name, value] : links[i].attributes) text += fmt::format(" {}='{}'", name, value);
        text += '>';
        end = fmt::format("{}</{}>{}", content_beside_next(*this, i), links[i].name, end);
    }
    return text + end;
}

Chain Chain::with(std::string_view child) const {
    auto longer = *this;
    longer.links.push_back({std::string{child}});
    return longer;
}

const Part* Parts::find(std::string_view name) const {
    auto of_kind = [&](bool is_attribute) {
        return std::ranges::find_if(
            list, [&](const Part& part) { return part.name == name && part.is_attribute == is_attribute; });
    };
    if (auto child = of_kind(false); child != list.end()) return &*child;
    auto attribute = of_kind(true);
    return attribute == list.end() ? nullptr : &*attribute;
}

Parts parts_of(const Chain& chain) {
    Parts parts;
    add_new(parts, chain, outline_of(chain));
    const auto always = parts;
    constexpr std::size_t devices = 1; // no choice is made above the children of the root
    for (auto place = chain.links.size(); place-- > devices;)
        for (const auto& chosen : choices_at(chain, place)) {
            auto outline = outline_of(chosen);
            add_new(parts, chosen, outline);
            auto with_choice = always;
            if (!add_new(with_choice, chosen, std::move(outline))) continue;
            for (auto inner = place; inner < chain.links.size(); ++inner) // a choice may bring others
                for (const auto& further : choices_at(chosen, inner))
                    add_new(parts, further, outline_of(further));
        }
    return parts;
}

} // namespace vireo::model::domain
