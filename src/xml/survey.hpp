// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "xml/canonical.hpp"
#include "xml/kept.hpp"
#include "xml/rule.hpp"
#include "xml/value.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <variant>
#include <vector>

namespace vireo::xml {

/// The visitor that lists what a start must refuse, as paths: kept parts, and values that `supports` does not
/// name (members: see `Reader`).
class Survey {
public:
    static constexpr bool reads = false;
    Survey(std::vector<std::string>& found, const char* name) : found_{&found}, name_{name} {}

    bool exists() const { return true; }
    void open() const {}
    bool live() const { return false; }
    bool secure() const { return false; }
    bool migratable() const { return false; }

    Survey child(const char* name) const { return Survey{*this, name, 0}; }
    template <class T> Survey& child(const char* name, const T& value, Rule = {}) {
        if constexpr (!Scalar<T>) {
            Survey node{*this, name, 0};
            describe(node, value);
        }
        return *this;
    }
    template <class T> Survey& child(const char* name, const std::optional<T>& value, Rule = {}) {
        if (value) child(name, *value);
        return *this;
    }
    template <class T> Survey& children(const char* name, const std::vector<T>& values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            Survey node{*this, name, values.size() > 1 ? i + 1 : 0};
            describe(node, values[i]);
        }
        return *this;
    }
    template <class T> Survey& attribute(const char*, const T&, Rule = {}) { return *this; }
    template <class T> Survey& hex_attribute(const char*, const T&, int) { return *this; }
    template <class T> Survey& text(const T&, Rule = {}) { return *this; }
    Survey& flag(const char*, bool) { return *this; }
    Survey& memory(const char*, MemorySize) { return *this; }
    Survey& memory(const char*, const std::optional<MemorySize>&, const char* = "") { return *this; }
    template <class T> Survey& memory(const char*, MemorySize, const char*, const T&) { return *this; }
    Survey& sized_attribute(const char*, MemorySize, Rule = {}, const char* = "") { return *this; }
    Survey& kept(const char* name, const Kept& kept) {
        if (kept.element(name)) report(std::string{"/"} + name);
        return *this;
    }
    Survey& kept(std::initializer_list<const char*> names, const Kept& kept) {
        for (auto* name : names) this->kept(name, kept);
        return *this;
    }
    Survey& kept_attribute(const char* name, const Kept& kept) {
        if (kept.attribute(name)) report(std::string{"/@"} + name);
        return *this;
    }
    Survey& kept_attributes(std::initializer_list<const char*> names, const Kept& kept) {
        for (auto* name : names) kept_attribute(name, kept);
        return *this;
    }
    Survey& kept(const Namespace&, const char* name, const Kept& kept) { return this->kept(name, kept); }
    Survey child(const Namespace&, const char* name) const { return child(name); }
    template <class T> Survey& children(const Namespace&, const char* name, const std::vector<T>& values) {
        return children(name, values);
    }
    Survey& declare(const Namespace&, const char*, bool) { return *this; }
    template <class T>
    Survey& supports(const char* attribute, const T& value, std::initializer_list<T> choices) {
        if (std::ranges::find(choices, value) == choices.end())
            report(fmt::format("/@{}='{}'", attribute, name_of(value)));
        return *this;
    }
    template <class Variant> Survey& alternative(const char*, const Variant& value, Rule) {
        std::visit([&](auto& chosen) { describe_chosen(chosen); }, value);
        return *this;
    }
    /// All of this element cannot be run.
    void unsupported() const { report(""); }
    /// This attribute of it.
    void unsupported(const char* attribute) const { report(std::string{"/@"} + attribute); }
    Survey& verbatim(const char*, const std::string&) { return *this; }
    Survey& single(const char*, ErrorCode = ErrorCode::XmlError) { return *this; }

private:
    Survey(const Survey& parent, const char* name, std::size_t index)
        : found_{parent.found_}, name_{name}, parent_{&parent}, index_{index} {}
    template <class T> void describe_chosen(const T& chosen) {
        if constexpr (!std::is_same_v<T, std::monostate>) describe(*this, chosen);
    }
    std::string path() const;
    void report(const std::string& below) const { found_->push_back(path() + below); }

    std::vector<std::string>* found_;
    const char* name_;
    const Survey* parent_ = nullptr;
    std::size_t index_ = 0; // from 1; 0: the only one
};

} // namespace vireo::xml
