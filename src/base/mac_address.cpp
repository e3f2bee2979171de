// SPDX-License-Identifier: Apache-2.0
#include "base/mac_address.hpp"

#include "base/random.hpp"

#include <fmt/format.h>

#include <charconv>

namespace vireo {

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
    MacAddress mac;
    const char* at = text.data();
    const char* end = at + text.size();
    for (std::size_t i = 0; i < mac.bytes.size(); ++i) {
        if (i > 0) {
            if (at == end || *at != ':') return std::nullopt;
            ++at;
        }
        auto [rest, failure] = std::from_chars(at, end, mac.bytes[i], 16);
        if (failure != std::errc{} || rest - at > 2) return std::nullopt;
        at = rest;
    }
    if (at != end) return std::nullopt;
    return mac;
}

MacAddress MacAddress::generate() {
    MacAddress mac;
    fill_random(mac.bytes);
    mac.bytes[0] = 0x52;
    mac.bytes[1] = 0x54;
    mac.bytes[2] = 0x00;
    return mac;
}

std::string MacAddress::text() const { return fmt::format("{:02x}", fmt::join(bytes, ":")); }

} // namespace vireo
