// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vireo {

/// The hardware address of a network interface (48 bits).
struct MacAddress {
    std::array<std::uint8_t, 6> bytes{};

    /// Six hexadecimal numbers of one or two digits with colons between.
    static std::optional<MacAddress> parse(std::string_view text);
    /// Random, below the prefix that QEMU guests use (52:54:00).
    static MacAddress generate();
    std::string text() const;
    bool is_multicast() const { return (bytes[0] & 1) != 0; }
    friend constexpr auto operator<=>(const MacAddress&, const MacAddress&) = default;
};

} // namespace vireo
