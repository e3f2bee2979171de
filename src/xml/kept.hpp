// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vireo::xml {

/// What an element holds that libvirt knows and this version does not support: kept as it was, written back
/// at its place, and found by `Survey` so that a start can refuse it. Supporting such a part later means to
/// give it a field and to describe it; nothing else changes.
class Kept {
public:
    /// One attribute, or all children of one name.
    struct Part {
        std::string_view name; ///< of the description, so it lives for ever
        bool is_attribute;
        std::string text; ///< the attribute's value; or the elements, in canonical form (see `canonical.hpp`)
        friend bool operator==(const Part&, const Part&) = default;
    };

    bool empty() const { return parts_.empty(); }
    const std::vector<Part>& parts() const { return parts_; }
    /// The value of a kept attribute; nullptr when there is none.
    const std::string* attribute(std::string_view name) const { return find(name, true); }
    /// The kept children of this name; nullptr when there are none.
    const std::string* element(std::string_view name) const { return find(name, false); }
    /// `name` must be a string literal.
    void add(std::string_view name, bool is_attribute, std::string text) {
        parts_.push_back({name, is_attribute, std::move(text)});
    }
    void remove(std::string_view name) {
        std::erase_if(parts_, [&](const Part& part) { return part.name == name; });
    }
    void clear() { parts_.clear(); }
    friend bool operator==(const Kept&, const Kept&) = default;

private:
    const std::string* find(std::string_view name, bool is_attribute) const {
        for (const auto& part : parts_)
            if (part.is_attribute == is_attribute && part.name == name) return &part.text;
        return nullptr;
    }
    std::vector<Part> parts_;
};

} // namespace vireo::xml
