// SPDX-License-Identifier: Apache-2.0
// What libvirt checks in elements that are only kept so far: a table, by the names of an element and its
// ancestors. An element that gets a description takes its lines with it.
#include "model/domain/describe/kept_rules.hpp"

#include "model/domain/describe/checks.hpp"
#include "xml/value.hpp"

#include <algorithm>
#include <initializer_list>

namespace vireo::model::domain {

namespace {
enum class Kind { Any, Number, CNumber, Choice, Uuid, CpuSet };

struct Rule {
    std::string_view path; ///< the last names of the element's path
    const char* attribute; ///< null: its text
    Kind kind;
    bool required = false;
    ErrorCode wrong = ErrorCode::XmlError, missing = ErrorCode::XmlError;
    std::initializer_list<std::string_view> choices = {};
};

constexpr auto unsupported = ErrorCode::ConfigUnsupported;
constexpr auto invalid = ErrorCode::InvalidArgument;

const Rule rules[] = {
    {"hostdev/source/auth", "username", Kind::Any, true},
    {"hostdev/source/auth/secret",
     "type",
     Kind::Choice,
     true,
     unsupported,
     unsupported,
     {"ceph", "iscsi", "volume", "tls", "vtpm"}},
    {"hostdev/source/auth/secret", "uuid", Kind::Uuid},
    {"seclabel", "relabel", Kind::Choice, false, ErrorCode::XmlError, ErrorCode::XmlError, {"yes", "no"}},
    {"source/seclabel",
     "labelskip",
     Kind::Choice,
     false,
     ErrorCode::XmlError,
     ErrorCode::XmlError,
     {"yes", "no"}},
    {"disk/boot", "order", Kind::Any, true},
    {"filesystem/boot", "order", Kind::Any, true},
    {"interface/boot", "order", Kind::Any, true},
    {"hostdev/boot", "order", Kind::Any, true},
    {"redirdev/boot", "order", Kind::Any, true},
    {"idmap/uid", "start", Kind::Number, true},
    {"idmap/uid", "target", Kind::Number, true},
    {"idmap/uid", "count", Kind::Number, true},
    {"idmap/gid", "start", Kind::Number, true},
    {"idmap/gid", "target", Kind::Number, true},
    {"idmap/gid", "count", Kind::Number, true},
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
    switch (rule.kind) {
    case Kind::Any: return true;
    case Kind::Number: return xml::read_value(value, number) && number <= UINT32_MAX;
    case Kind::CNumber: return xml::read_c_number(value, UINT32_MAX, number);
    case Kind::Choice: return std::ranges::find(rule.choices, value) != rule.choices.end();
    case Kind::Uuid: return vireo::Uuid::parse(value).has_value();
    case Kind::CpuSet: return is_cpu_set(value);
    }
    return true;
}

void apply(const Rule& rule, pugi::xml_node element, const xml::Document& document) {
    auto attribute = rule.attribute == nullptr ? pugi::xml_attribute{} : element.attribute(rule.attribute);
    std::string_view value = rule.attribute == nullptr ? element.child_value() : attribute.value();
    bool given = rule.attribute == nullptr ? !value.empty() : static_cast<bool>(attribute);
    if (!given) {
        if (rule.required)
            document.fail(element, nullptr, rule.missing,
                          rule.attribute == nullptr
                              ? std::string{"the element is empty"}
                              : fmt::format("attribute '{}' is missing", rule.attribute));
        return;
    }
    if (!is_valid(rule, value))
        document.fail(element, rule.attribute, rule.wrong,
                      fmt::format("'{}' is none of its values", value.substr(0, 80)));
}
} // namespace

void check_kept(pugi::xml_node element, const xml::Document& document) {
    for (const auto& rule : rules)
        if (rule.path.ends_with(element.name()) && matches(element, rule.path))
            apply(rule, element, document);
    if (std::string_view{element.name()} == "metadata") return;
    for (auto child : element.children())
        if (child.type() == pugi::node_element) check_kept(child, document);
}

} // namespace vireo::model::domain
