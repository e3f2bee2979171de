// SPDX-License-Identifier: Apache-2.0
#include "xml/value.hpp"

namespace vireo::xml {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    auto first = text.find_first_not_of(space);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool read_c_number(std::string_view text, std::uint64_t limit, std::uint64_t& value) {
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        base = 16;
        text.remove_prefix(2);
    } else if (text.size() > 1 && text.starts_with('0')) {
        base = 8;
    }
    auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return failure == std::errc{} && rest == text.data() + text.size() && value <= limit;
}

void append_escaped(std::string& out, std::string_view text, bool in_attribute) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string_view escape;
        switch (text[i]) {
        case '<': escape = "&lt;"; break;
        case '>': escape = "&gt;"; break;
        case '&': escape = "&amp;"; break;
        case '\'': escape = "&apos;"; break;
        case '"': escape = "&quot;"; break;
        case '\r': escape = "&#13;"; break;
        case '\n':
            if (in_attribute) escape = "&#10;";
            break;
        case '\t':
            if (in_attribute) escape = "&#9;";
            break;
        default: break;
        }
        if (escape.empty()) continue;
        out.append(text.substr(done, i - done)).append(escape);
        done = i + 1;
    }
    out.append(text.substr(done));
}

} // namespace vireo::xml
