// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"
#include "base/mac_address.hpp"
#include "base/uuid.hpp"

#include <fmt/format.h>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::xml {

template <class T>
concept Number = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;

/// A number that libvirt writes in hexadecimal with leading zeros ("0x001f"). Read in C's notations: 31,
/// 0x1f, 037.
template <Number T> struct Hex {
    T& value;
    int digits;
};
template <class T> Hex(T&, int) -> Hex<T>;

/// The text without white space around it.
std::string_view trimmed(std::string_view text);
/// A number in C's notation; false when it is none or does not fit.
bool read_c_number(std::string_view text, std::uint64_t limit, std::uint64_t& value);

/// What the text of an attribute or element may be: each kind reads itself (false when the text is none of
/// it), writes itself, and says in words what it expects.
inline bool read_value(std::string_view text, std::string& value) {
    value = text;
    return true;
}
template <Number T> bool read_value(std::string_view text, T& value) {
    text = trimmed(text);
    T number{};
    auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || rest != text.data() + text.size()) return false;
    value = number;
    return true;
}
template <Named Enum> bool read_value(std::string_view text, Enum& value) {
    auto found = from_name<Enum>(text);
    if (found) value = *found;
    return found.has_value();
}
template <class T>
concept Identifier = std::same_as<T, Uuid> || std::same_as<T, MacAddress>;
template <Identifier T> bool read_value(std::string_view text, T& value) {
    auto found = T::parse(trimmed(text));
    if (found) value = *found;
    return found.has_value();
}
template <Number T> bool read_value(std::string_view text, Hex<T>& hex) {
    std::uint64_t number = 0;
    if (!read_c_number(trimmed(text), std::numeric_limits<T>::max(), number)) return false;
    hex.value = static_cast<T>(number);
    return true;
}

/// The names of an enum's values.
template <Named Enum> std::vector<std::string> names_in() {
    std::vector<std::string> names;
    for (auto [value, name] : names_of(Enum{}))
        if (!name.empty()) names.emplace_back(name);
    return names;
}

/// Appends the text with libvirt's five escapes; in an attribute, white space that a parser would change too.
void append_escaped(std::string& out, std::string_view text, bool in_attribute);

inline void write_value(std::string& out, std::string_view value, bool in_attribute) {
    append_escaped(out, value, in_attribute);
}
template <Number T> void write_value(std::string& out, T value, bool) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}
template <Named Enum> void write_value(std::string& out, Enum value, bool) { out += name_of(value); }
template <Identifier T> void write_value(std::string& out, const T& value, bool) { out += value.text(); }
template <class T> void write_value(std::string& out, const Hex<T>& hex, bool) {
    fmt::format_to(std::back_inserter(out), "0x{:0{}x}", hex.value, hex.digits);
}

template <class T> std::string expected_value(const T&) {
    if constexpr (Named<T>)
        return "one of " + choices_of<T>();
    else if constexpr (std::same_as<T, Uuid>)
        return "a UUID of 32 hexadecimal digits";
    else if constexpr (std::same_as<T, MacAddress>)
        return "a MAC address such as 52:54:00:12:34:56";
    else if constexpr (Number<T>)
        return fmt::format("a number from {} to {}", std::numeric_limits<T>::min(),
                           std::numeric_limits<T>::max());
    else
        return "text";
}
template <class T> std::string expected_value(const Hex<T>& hex) { return expected_value(hex.value); }

template <class T>
concept Scalar = requires(std::string& out, T& value) {
    read_value(std::string_view{}, value);
    write_value(out, value, true);
};

} // namespace vireo::xml
