// SPDX-License-Identifier: Apache-2.0
// What libvirt checks in elements that are only kept so far: a table, by the names of an element and its
// ancestors. An element that gets a description takes its lines with it.
#include "model/domain/describe/kept_rules.hpp"

#include "model/domain/describe/checks.hpp"
#include "xml/value.hpp"

#include <algorithm>

namespace vireo::model::domain {

namespace {
enum class Kind { Any, Number };

/// An attribute that an element must have.
struct Rule {
    std::string_view path; ///< the last names of the element's path
    const char* attribute;
    Kind kind;
};

constexpr Rule rules[] = {
    {"disk/boot", "order", Kind::Any},      {"filesystem/boot", "order", Kind::Any},
    {"interface/boot", "order", Kind::Any}, {"hostdev/boot", "order", Kind::Any},
    {"redirdev/boot", "order", Kind::Any},  {"idmap/uid", "start", Kind::Number},
    {"idmap/uid", "target", Kind::Number},  {"idmap/uid", "count", Kind::Number},
    {"idmap/gid", "start", Kind::Number},   {"idmap/gid", "target", Kind::Number},
    {"idmap/gid", "count", Kind::Number},
};

bool matches(pugi::xml_node element, std::string_view path) {
    for (;;) {
        auto slash = path.rfind('/');
        if (path.substr(slash == path.npos ? 0 : slash + 1) != element.name()) return false;
        if (slash == path.npos) return true;
        path = path.substr(0, slash);
        element = element.parent();
    }
}

bool is_valid(const Rule& rule, std::string_view value) {
    std::uint64_t number = 0;
    return rule.kind == Kind::Any || (xml::read_value(value, number) && number <= UINT32_MAX);
}

void apply(const Rule& rule, pugi::xml_node element, const xml::Document& document) {
    auto attribute = element.attribute(rule.attribute);
    if (!attribute)
        document.fail(element, nullptr, ErrorCode::XmlError,
                      fmt::format("attribute '{}' is missing", rule.attribute));
    std::string_view value = attribute.value();
    if (!is_valid(rule, value))
        document.fail(element, rule.attribute, ErrorCode::XmlError,
                      fmt::format("'{}' is none of its values", value.substr(0, 80)));
}

void check_map(pugi::xml_node element, const xml::Document& document) {
    if (std::string_view{element.name()} == "idmap" && !element.child("uid") != !element.child("gid"))
        document.fail(element, nullptr, ErrorCode::ConfigUnsupported, "users and groups are mapped together");
}
} // namespace

void check_kept(pugi::xml_node element, const xml::Document& document) {
    for (const auto& rule : rules)
        if (rule.path.ends_with(element.name()) && matches(element, rule.path))
            apply(rule, element, document);
    check_map(element, document);
    if (std::string_view{element.name()} == "metadata") return;
    for (auto child : element.children())
        if (child.type() == pugi::node_element) check_kept(child, document);
}

} // namespace vireo::model::domain
