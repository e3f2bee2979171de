// SPDX-License-Identifier: Apache-2.0
#include "model/domain/cpu_set.hpp"

#include "xml/value.hpp"

#include <fmt/format.h>

#include <algorithm>

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

std::set<std::uint32_t> members_of_cpu_set(std::string_view text) {
    constexpr std::uint32_t most = 16384;
    std::set<std::uint32_t> members;
    while (!text.empty()) {
        auto item = take_item(text);
        bool excludes = item.starts_with('^');
        if (excludes) item.remove_prefix(1);
        auto dash = item.find('-');
        std::uint32_t first = 0, last = 0;
        if (!xml::read_value(item.substr(0, dash), first)) return {};
        last = first;
        if (dash != item.npos && !xml::read_value(item.substr(dash + 1), last)) return {};
        for (auto number = first; number <= std::min(last, most); ++number)
            if (excludes)
                members.erase(number);
            else
                members.insert(number);
    }
    return members;
}

std::string text_of_cpu_set(const std::set<std::uint32_t>& members) {
    std::string text;
    for (auto start = members.begin(); start != members.end();) {
        auto end = start;
        for (auto next = std::next(end); next != members.end() && *next == *end + 1; ++next) end = next;
        if (!text.empty()) text += ',';
        text += start == end ? std::to_string(*start) : fmt::format("{}-{}", *start, *end);
        start = std::next(end);
    }
    return text;
}

std::string canonical_cpu_set(std::string_view text) { return text_of_cpu_set(members_of_cpu_set(text)); }

} // namespace vireo::model::domain
