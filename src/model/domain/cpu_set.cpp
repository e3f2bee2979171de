// SPDX-License-Identifier: Apache-2.0
#include "model/domain/cpu_set.hpp"

#include "xml/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace vireo::model::domain {

namespace {
/// Takes the part up to the next comma off the front.
std::string_view take_item(std::string_view& text) {
    auto item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    return item;
}
} // namespace

bool is_cpu_set(std::string_view text) {
    while (!text.empty()) {
        auto item = take_item(text);
        if (item.starts_with('^')) item.remove_prefix(1);
        std::uint32_t first = 0, last = 0;
        auto dash = item.find('-');
        if (!xml::read_value(item.substr(0, dash), first)) return false;
        if (dash != item.npos && (!xml::read_value(item.substr(dash + 1), last) || last < first))
            return false;
    }
    return true;
}

namespace {
/// A bit for each number of the set: quick for wide ranges, of which a document may have many.
std::vector<bool> bits_of(std::string_view text) {
    constexpr std::uint32_t most = 16384;
    std::vector<bool> bits;
    while (!text.empty()) {
        auto item = take_item(text);
        bool excludes = item.starts_with('^');
        if (excludes) item.remove_prefix(1);
        auto dash = item.find('-');
        std::uint32_t first = 0, last = 0;
        if (!xml::read_value(item.substr(0, dash), first)) return {};
        last = first;
        if (dash != item.npos && !xml::read_value(item.substr(dash + 1), last)) return {};
        if (first > most || last < first) continue;
        last = std::min(last, most);
        if (last >= bits.size()) bits.resize(last + 1);
        std::fill(bits.begin() + first, bits.begin() + last + 1, !excludes);
    }
    return bits;
}

void append_range(std::string& text, std::size_t first, std::size_t last) {
    if (!text.empty()) text += ',';
    text += first == last ? std::to_string(first) : fmt::format("{}-{}", first, last);
}
} // namespace

std::set<std::uint32_t> members_of_cpu_set(std::string_view text) {
    std::set<std::uint32_t> members;
    auto bits = bits_of(text);
    for (std::uint32_t number = 0; number < bits.size(); ++number)
        if (bits[number]) members.insert(members.end(), number);
    return members;
}

std::string text_of_cpu_set(const std::set<std::uint32_t>& members) {
    std::string text;
    for (auto start = members.begin(); start != members.end();) {
        auto end = start;
        for (auto next = std::next(end); next != members.end() && *next == *end + 1; ++next) end = next;
        append_range(text, *start, *end);
        start = std::next(end);
    }
    return text;
}

std::string canonical_cpu_set(std::string_view text) {
    std::string canonical;
    auto bits = bits_of(text);
    for (auto start = std::ranges::find(bits, true); start != bits.end();) {
        auto end = std::find(start, bits.end(), false);
        append_range(canonical, static_cast<std::size_t>(start - bits.begin()),
                     static_cast<std::size_t>(end - bits.begin()) - 1);
        start = std::find(end, bits.end(), true);
    }
    return canonical;
}

} // namespace vireo::model::domain
