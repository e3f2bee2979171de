// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"
#include "base/error.hpp"
#include "daemon/configuration/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>

namespace vireo::daemon::configuration {

enum class Type { Number, Integer, Truth, Text, List, TextOrList, NumberOrText };

constexpr auto names_of(Type) {
    using enum Type;
    return std::to_array<std::pair<Type, std::string_view>>({{Number, "a number that is not negative"},
                                                             {Integer, "a number"},
                                                             {Truth, "0 or 1"},
                                                             {Text, "a text in quotes"},
                                                             {List, "a list of texts in brackets"},
                                                             {TextOrList, "a text or a list of texts"},
                                                             {NumberOrText, "a number or a text"}});
}

inline bool is_of(Type type, const Value& value) {
    const auto* number = std::get_if<std::int64_t>(&value);
    bool text = std::holds_alternative<std::string>(value), list = std::holds_alternative<List>(value);
    switch (type) {
    case Type::Number: return number != nullptr && *number >= 0;
    case Type::Integer: return number != nullptr;
    case Type::Truth: return number != nullptr && (*number == 0 || *number == 1);
    case Type::Text: return text;
    case Type::List: return list;
    case Type::TextOrList: return text || list;
    case Type::NumberOrText: return text || (number != nullptr && *number >= 0);
    }
    return false;
}

/// When a changed value counts: not yet in this version, for what starts next, or as soon as it is read.
enum class Effect { None, AtStart, AtOnce };

/// A key of one file. `apply` may throw Error; file and line are put before its message.
template <class Settings> struct Key {
    std::string_view name;
    Type type;
    Effect effect = Effect::None;
    void (*apply)(Settings&, const Value&) = nullptr;
};

template <class Settings>
const Key<Settings>* find_key(std::span<const Key<Settings>> keys, std::string_view name) {
    auto found = std::ranges::find(keys, name, &Key<Settings>::name);
    return found == keys.end() ? nullptr : &*found;
}

/// Sets what the entries say. Throws Error (ConfSyntax) with FILE:LINE for a key that the table lacks and for
/// a value of the wrong type or out of range.
template <class Settings>
void apply(std::span<const Key<Settings>> keys, const std::vector<Entry>& entries, std::string_view file,
           Settings& settings) {
    for (const auto& entry : entries) {
        auto fail = [&](const std::string& why) {
            return Error(ErrorCode::ConfSyntax, ErrorDomain::Conf,
                         fmt::format("{}:{}: {}", file, entry.line, why));
        };
        const auto* key = find_key(keys, entry.key);
        if (key == nullptr) throw fail(fmt::format("there is no key '{}'", entry.key));
        if (!is_of(key->type, entry.value))
            throw fail(fmt::format("'{}' takes {}", entry.key, name_of(key->type)));
        if (key->apply == nullptr) continue;
        try {
            key->apply(settings, entry.value);
        } catch (const Error& error) { throw fail(fmt::format("{}: {}", entry.key, error.what())); }
    }
}

/// The keys whose values differ between two readings of a file and that have this effect.
template <class Settings>
std::vector<std::string> changed_keys(std::span<const Key<Settings>> keys, const std::vector<Entry>& before,
                                      const std::vector<Entry>& after, Effect effect) {
    std::map<std::string_view, std::pair<const Value*, const Value*>> values; // the last one of a key counts
    for (const auto& entry : before) values[entry.key].first = &entry.value;
    for (const auto& entry : after) values[entry.key].second = &entry.value;
    std::vector<std::string> changed;
    for (const auto& [name, pair] : values) {
        bool same = pair.first != nullptr && pair.second != nullptr && *pair.first == *pair.second;
        const auto* key = find_key(keys, name);
        if (!same && key != nullptr && key->effect == effect) changed.emplace_back(name);
    }
    return changed;
}

} // namespace vireo::daemon::configuration
