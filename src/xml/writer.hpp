// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"
#include "xml/canonical.hpp"
#include "xml/kept.hpp"
#include "xml/rule.hpp"
#include "xml/value.hpp"

#include <initializer_list>
#include <optional>
#include <variant>
#include <vector>

namespace vireo::xml {

/// The visitor that writes structs in libvirt's layout (members: see `Reader`). It appends to one string. An
/// element appears when something is written into it, and ends with its Writer.
class Writer {
public:
    static constexpr bool reads = false;
    Writer(std::string& out, const char* name, View view) : out_{&out}, name_{name}, view_{view} {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer() { close(); }

    bool exists() const { return true; }
    bool live() const { return view_.live; }
    bool secure() const { return view_.secure; }
    bool migratable() const { return view_.migratable; }
    /// Makes the element appear, even if nothing is in it.
    void open();

    Writer child(const char* name) { return Writer{*this, name}; }
    template <class T> Writer& child(const char* name, const T& value, Rule = {}) {
        if constexpr (std::is_same_v<T, std::string>) {
            if (value.empty()) return *this;
        }
        Writer node{*this, name};
        node.content(value);
        return *this;
    }
    template <class T> Writer& child(const char* name, const std::optional<T>& value, Rule = {}) {
        if (!value) return *this;
        Writer node{*this, name};
        node.open();
        node.content(*value);
        return *this;
    }
    template <class T> Writer& children(const char* name, const std::vector<T>& values) {
        for (const auto& value : values) {
            Writer node{*this, name};
            node.open();
            describe(node, value);
        }
        return *this;
    }
    template <class T> Writer& attribute(const char* name, const T& value, Rule = {}) {
        if constexpr (std::is_same_v<T, std::string>) {
            if (value.empty()) return *this;
        }
        begin_attribute(name);
        write_value(*out_, value, true);
        *out_ += '\'';
        return *this;
    }
    template <class T> Writer& attribute(const char* name, const std::optional<T>& value, Rule = {}) {
        if (!value) return *this;
        begin_attribute(name);
        write_value(*out_, *value, true);
        *out_ += '\'';
        return *this;
    }
    template <Number T> Writer& hex_attribute(const char* name, const std::optional<T>& value, int digits) {
        if (value) attribute(name, Hex{*value, digits});
        return *this;
    }
    template <class T> Writer& text(const T& value, Rule = {}) {
        if constexpr (std::is_same_v<T, std::string>) {
            if (value.empty()) return *this;
        }
        begin_text();
        write_value(*out_, value, false);
        return *this;
    }
    Writer& flag(const char* name, bool value) {
        if (value) Writer{*this, name}.open();
        return *this;
    }
    Writer& memory(const char* name, MemorySize value) {
        return memory(name, value, "", std::optional<std::uint32_t>{});
    }
    template <class T>
    Writer& memory(const char* name, MemorySize value, const char* attribute, const T& beside) {
        Writer node{*this, name};
        node.attribute(attribute, beside);
        node.begin_attribute("unit");
        *out_ += "KiB'";
        node.text(value.in_kib());
        return *this;
    }
    Writer& memory(const char* name, const std::optional<MemorySize>& value) {
        return value ? memory(name, *value) : *this;
    }
    /// In MiB where that is exact.
    Writer& memory(const char* name, const std::optional<MemorySize>& value, const char*) {
        constexpr std::uint64_t mib = 1U << 10;
        if (!value) return *this;
        if (value->in_bytes() % (mib << 10) != 0) return memory(name, *value);
        Writer node{*this, name};
        node.begin_attribute("unit");
        *out_ += "MiB'";
        node.text(value->in_kib() / mib);
        return *this;
    }
    /// In KiB, or in bytes where `unit` is "B".
    Writer& sized_attribute(const char* name, MemorySize value, Rule = {}, std::string_view unit = "KiB") {
        attribute(name, unit == "B" ? value.in_bytes() : value.in_kib());
        begin_attribute("unit");
        out_->append(unit).append("'");
        return *this;
    }
    Writer& kept(const char* name, const Kept& kept);
    Writer& kept(std::initializer_list<const char*> names, const Kept& kept) {
        for (auto* name : names) this->kept(name, kept);
        return *this;
    }
    Writer& kept_attribute(const char* name, const Kept& kept);
    Writer& kept_attributes(std::initializer_list<const char*> names, const Kept& kept) {
        for (auto* name : names) kept_attribute(name, kept);
        return *this;
    }
    Writer& kept(const Namespace&, const char* name, const Kept& kept) { return this->kept(name, kept); }
    Writer child(const Namespace&, const char* name) { return child(name); }
    template <class T> Writer& children(const Namespace&, const char* name, const std::vector<T>& values) {
        return children(name, values);
    }
    Writer& declare(const Namespace& space, const char* attribute, bool needed);
    template <class T> Writer& supports(const char*, const T&, std::initializer_list<T>) { return *this; }
    template <class Variant> Writer& alternative(const char* name, const Variant& value, Rule) {
        if (std::string_view chosen = choice_name(value); !chosen.empty()) {
            begin_attribute(name);
            out_->append(chosen).append("'");
            std::visit([&](auto& alternative) { describe_chosen(alternative); }, value);
        }
        return *this;
    }
    Writer& verbatim(const char* name, const std::string& content);
    Writer& single(const char*, ErrorCode = ErrorCode::XmlError) { return *this; }

private:
    Writer(Writer& parent, const char* name)
        : out_{parent.out_}, name_{name}, view_{parent.view_}, parent_{&parent}, depth_{parent.depth_ + 1} {}
    template <class T> void content(const T& value) {
        if constexpr (Scalar<T>)
            text(value);
        else
            describe(*this, value);
    }
    template <class T> void describe_chosen(const T& chosen) {
        if constexpr (!std::is_same_v<T, std::monostate>) describe(*this, chosen);
    }
    void begin_attribute(const char* name);
    void begin_text();
    void begin_children();
    void indent() { out_->append(static_cast<std::size_t>(depth_) * 2, ' '); }
    void close();

    std::string* out_;
    const char* name_;
    View view_;
    Writer* parent_ = nullptr;
    int depth_ = 0;
    enum class State { Pending, InTag, HasChildren, HasText } state_ = State::Pending;
};

} // namespace vireo::xml
