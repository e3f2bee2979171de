// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace vireo {

/// Identifies an object for its whole life (RFC 4122). Sixteen bytes on the wire, 8-4-4-4-12 digits for
/// people.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    /// Hexadecimal digits; hyphens may stand between any two of them, as libvirt accepts them.
    static std::optional<Uuid> parse(std::string_view text);
    /// Random (version 4).
    static Uuid generate();
    std::string text() const;
    bool is_nil() const { return *this == Uuid{}; }
    friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

} // namespace vireo

template <> struct std::hash<vireo::Uuid> {
    std::size_t operator()(const vireo::Uuid& uuid) const noexcept {
        std::size_t halves[2];
        std::memcpy(halves, uuid.bytes.data(), sizeof halves);
        return halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15U);
    }
};
