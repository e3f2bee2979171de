// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "xml/canonical.hpp"
#include "xml/document.hpp"
#include "xml/kept.hpp"
#include "xml/outline.hpp"
#include "xml/rule.hpp"
#include "xml/value.hpp"
#include "xml/visited.hpp"

#include <initializer_list>
#include <optional>
#include <variant>
#include <vector>

namespace vireo::xml {

/// What can be said of a value of this type; `usual` is what it has without the document.
template <class T> Meaning meaning_of(const T* usual, Rule rule) {
    Meaning meaning{.type = "one of", .required = rule.missing.has_value()};
    if constexpr (Named<T>)
        meaning.choices = names_in<T>();
    else
        meaning.type = expected_value(T{});
    if constexpr (Named<T> || Number<T>)
        if (usual != nullptr) write_value(meaning.usual, *usual, false);
    return meaning;
}

/// The visitor that fills structs from a document. A `describe(node, element)` names each part once;
/// `Reader`, `Writer` and `Survey` have the same members:
/// - child: an element; a struct with a `describe`, a scalar as its text; an optional is there when the
/// element is
/// - children: all elements of a name into a vector
/// - attribute: a scalar, or an optional one; an empty string is an absent one
/// - text: the element's own text
/// - flag: an element whose presence says yes
/// - memory: an amount with its unit (and an attribute that is kept)
/// - kept: elements or attributes that libvirt knows and this version does not support
/// - supports: the values of a choice that can be run
/// - open: makes an element appear even when nothing is in it
/// - alternative: the alternative of a variant that an attribute names (`choose` and `choice_name` beside it)
///
/// - sized_attribute: an amount whose unit is in the attribute `unit` beside it
///
/// An absent element reads as one without attributes and children: defaults stay.
class Reader {
public:
    static constexpr bool reads = true;
    /// `visited`, when given, learns what the descriptions name.
    Reader(pugi::xml_node element, const Document& document, std::string_view text, View view,
           Visited* visited = nullptr)
        : element_{element}, document_{&document}, text_{text}, view_{view}, visited_{visited} {}
    /// One that only looks at what descriptions say.
    Reader(pugi::xml_node element, const Document& document, std::string_view text, View view,
           Outline& outline)
        : element_{element}, document_{&document}, text_{text}, view_{view}, outline_{&outline} {}

    bool exists() const { return static_cast<bool>(element_); }
    /// Whether no element of this name stands before this one, and one of `name` beside it.
    bool is_first_beside(const char* name) const {
        return !element_.previous_sibling(element_.name()) && element_.parent().child(name);
    }
    void open() const {}
    bool live() const { return view_.live; }
    bool secure() const { return true; }

    Reader child(const char* name) const { return at(find(name)); }
    template <class T> Reader& child(const char* name, T& value, Rule rule = {}) {
        learn_child<T>(name, &value, rule);
        auto element = find(name);
        if (element)
            at(element).content(value, rule);
        else if (rule.missing)
            missing_child(name, *rule.missing);
        return *this;
    }
    template <class T> Reader& child(const char* name, std::optional<T>& value, Rule rule = {}) {
        learn_child<T>(name, nullptr, rule);
        auto element = find(name);
        if (element) at(element).content(value.emplace(), rule);
        return *this;
    }
    template <class T> Reader& children(const char* name, std::vector<T>& values) {
        note(name, {.repeats = true});
        for (auto element : element_.children(name)) {
            auto node = at(element);
            describe(node, values.emplace_back());
        }
        return *this;
    }
    /// Calls `visit` with each element of this name.
    void for_each_child(const char* name, auto visit) const {
        note(name, {.repeats = true});
        for (auto element : element_.children(name)) visit(at(element));
    }
    template <class T> Reader& attribute(const char* name, T& value, Rule rule = {}) {
        learn_attribute<T>(name, &value, rule);
        read_attribute(name, value, rule);
        return *this;
    }
    template <class T> Reader& attribute(const char* name, const Hex<T>& hex, Rule rule = {}) {
        auto copy = hex;
        learn_attribute<T>(name, &hex.value, rule);
        read_attribute(name, copy, rule);
        return *this;
    }
    template <class T> Reader& attribute(const char* name, std::optional<T>& value, Rule rule = {}) {
        learn_attribute<T>(name, nullptr, rule);
        if (find_attribute(name))
            read_attribute(name, value.emplace(), rule);
        else if (rule.missing)
            missing(name, *rule.missing);
        return *this;
    }
    /// A number in hexadecimal that may be absent.
    template <Number T> Reader& hex_attribute(const char* name, std::optional<T>& value, int digits) {
        learn_attribute<T>(name, nullptr, {});
        if (find_attribute(name)) attribute(name, Hex{value.emplace(), digits});
        return *this;
    }
    template <class T> Reader& text(T& value, Rule rule = {}) {
        if (element_) read_text(value, &value, rule);
        return *this;
    }
    template <class T> Reader& text(const Hex<T>& hex, Rule rule = {}) {
        auto copy = hex;
        if (element_) read_text(copy, &hex.value, rule);
        return *this;
    }
    Reader& flag(const char* name, bool& value) {
        note(name, {.type = "nothing: that it is there says yes"});
        value = static_cast<bool>(find(name));
        return *this;
    }
    /// Throws XmlError for what is no number, InvalidArgument for an unknown unit, Overflow beyond 2^64
    /// bytes.
    Reader& memory(const char* name, MemorySize& value);
    /// In another unit than KiB unless the document says which.
    Reader& memory(const char* name, MemorySize& value, const char* unit);
    Reader& memory(const char* name, std::optional<MemorySize>& value, const char* unit = "KiB") {
        if (find(name)) memory(name, value.emplace(), unit);
        return *this;
    }
    template <class T> Reader& memory(const char* name, MemorySize& value, const char* attribute, T& beside) {
        child(name).attribute(attribute, beside);
        return memory(name, value);
    }
    /// In `unit` unless the document says which.
    Reader& sized_attribute(const char* name, MemorySize& value, Rule rule = {}, const char* unit = "KiB");
    Reader& kept(const char* name, Kept& kept);
    Reader& kept(std::initializer_list<const char*> names, Kept& kept) {
        for (auto* name : names) this->kept(name, kept);
        return *this;
    }
    Reader& kept_attribute(const char* name, Kept& kept);
    Reader& kept_attributes(std::initializer_list<const char*> names, Kept& kept) {
        for (auto* name : names) kept_attribute(name, kept);
        return *this;
    }
    /// Children of a namespace; `name` is how they are written ("qemu:commandline").
    Reader& kept(const Namespace& space, const char* name, Kept& kept);
    /// The first child of a namespace, and all of them.
    Reader child(const Namespace& space, const char* name) const;
    template <class T> Reader& children(const Namespace& space, const char* name, std::vector<T>& values) {
        note(name, {.repeats = true});
        for (auto element : element_.children()) {
            if (!is_in(space, name, element)) continue;
            auto node = at(element);
            describe(node, values.emplace_back());
        }
        return *this;
    }
    /// Declares the namespace at this element when there are such children.
    Reader& declare(const Namespace&, const char*, bool) { return *this; }
    template <class T> Reader& supports(const char*, const T&, std::initializer_list<T>) { return *this; }
    template <class Variant> Reader& alternative(const char* name, Variant& value, Rule rule) {
        if (!element_) return *this;
        if (outline_ != nullptr)
            learn(name, {.type = "one of", .choices = choices_of(value), .required = true});
        auto attribute = find_attribute(name);
        if (!attribute) {
            missing(name, rule.missing.value_or(ErrorCode::XmlError));
            return *this;
        }
        if (!choose(attribute.value(), value))
            fail(name, rule.wrong, fmt::format("'{}' is not known", shortened(attribute.value())));
        std::visit([&](auto& chosen) { describe_chosen(chosen); }, value);
        return *this;
    }
    /// The content as it was written, white space and comments included.
    Reader& verbatim(const char* name, std::string& content);

    /// Throws an Error about this element, or one of its attributes.
    [[noreturn]] void fail(const char* attribute, ErrorCode code, std::string_view message) const {
        document_->fail(element_, attribute, code, message);
    }
    /// Throws unless there is such an element.
    Reader& require(const char* name, ErrorCode code = ErrorCode::XmlError) {
        if (!find(name)) missing_child(name, code);
        return *this;
    }
    /// Throws when there are several elements of this name.
    Reader& single(const char* name, ErrorCode code = ErrorCode::XmlError);

private:
    Reader at(pugi::xml_node element) const {
        auto copy = *this;
        copy.element_ = element;
        return copy;
    }
    void note(const char* name, Meaning meaning = {}) const {
        if (visited_ != nullptr && element_) visited_->add_element(element_, name);
        if (outline_ != nullptr && element_)
            outline_->add(outline_->at(element_).children, name, std::move(meaning));
    }
    /// Of an attribute.
    void learn(const char* name, Meaning meaning) const {
        if (element_) outline_->add(outline_->at(element_).attributes, name, std::move(meaning));
    }
    template <class T> void learn_attribute(const char* name, const T* usual, Rule rule) const {
        if (outline_ != nullptr) learn(name, meaning_of<T>(usual, rule));
    }
    template <class T> void learn_child(const char* name, const T* usual, Rule rule) const {
        if (outline_ == nullptr) return;
        if constexpr (Scalar<T>)
            note(name, meaning_of<T>(usual, rule));
        else
            note(name, {.required = rule.missing.has_value()});
    }
    pugi::xml_node find(const char* name) const {
        note(name);
        return element_.child(name);
    }
    pugi::xml_attribute find_attribute(const char* name) const {
        if (visited_ != nullptr && element_) visited_->add_attribute(element_, name);
        if (outline_ != nullptr) learn(name, {});
        return element_.attribute(name);
    }
    template <class T> void content(T& value, Rule rule) {
        if constexpr (Scalar<T>)
            read_text(value, &value, rule);
        else
            describe(*this, value);
    }
    template <class T> void describe_chosen(T& chosen) {
        if constexpr (!std::is_same_v<T, std::monostate>) describe(*this, chosen);
    }
    template <class T> void read_attribute(const char* name, T& value, Rule rule) {
        auto attribute = find_attribute(name);
        if (!attribute) {
            if (rule.missing) missing(name, *rule.missing);
        } else if (!read_value(std::string_view{attribute.value()}, value)) {
            wrong(name, attribute.value(), rule.wrong, expected_value(value));
        }
    }
    template <class T, class Usual> void read_text(T& value, const Usual* usual, Rule rule) {
        auto text = own_text();
        if (outline_ != nullptr) {
            outline_->at(element_).text = meaning_of(usual, rule);
            return;
        }
        if (text.empty() && rule.missing) missing(nullptr, *rule.missing);
        if (!read_value(std::string_view{text}, value))
            wrong(nullptr, text, rule.wrong, expected_value(value));
    }
    static bool is_in(const Namespace& space, const char* name, pugi::xml_node element);
    std::string own_text() const;
    MemorySize in_unit(std::uint64_t count, const char* unit = "KiB") const;
    /// Throw, unless what descriptions say is only looked at.
    void missing(const char* attribute, ErrorCode code) const;
    void missing_child(const char* name, ErrorCode code) const;
    [[noreturn]] void wrong(const char* attribute, std::string_view value, ErrorCode code,
                            std::string_view expected) const;
    static std::string_view shortened(std::string_view value) { return value.substr(0, 80); }

    pugi::xml_node element_;
    const Document* document_;
    std::string_view text_;
    View view_;
    Visited* visited_ = nullptr;
    Outline* outline_ = nullptr;
};

} // namespace vireo::xml
