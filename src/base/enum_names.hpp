// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vireo {

/// An enum whose names stand in one table: a constexpr `names_of(Enum)` found by its argument's namespace,
/// which returns an array of pairs (value, name). XML, command line, JSON and logs all use that table.
template <class Enum>
concept Named = requires(Enum value) { names_of(value); };

/// The value with this name, if there is one.
template <Named Enum> constexpr std::optional<Enum> from_name(std::string_view wanted) {
    for (auto [value, name] : names_of(Enum{}))
        if (name == wanted) return value;
    return std::nullopt;
}

/// The name of a value; a value without one (from the wire, say) is "?".
template <Named Enum> constexpr std::string_view name_of(Enum wanted) {
    for (auto [value, name] : names_of(Enum{}))
        if (value == wanted) return name;
    return "?";
}

/// "'ide', 'scsi', 'virtio'": the choices, for error messages.
template <Named Enum> std::string choices_of() {
    std::string all;
    for (auto [value, name] : names_of(Enum{})) {
        if (name.empty()) continue;
        if (!all.empty()) all += ", ";
        all.append("'").append(name).append("'");
    }
    return all;
}

} // namespace vireo
