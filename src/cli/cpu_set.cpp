// SPDX-License-Identifier: Apache-2.0
#include "cli/cpu_set.hpp"

#include "model/domain/cpu_set.hpp"

#include <fmt/format.h>

namespace vireo::cli {

bool contains_cpu(std::string_view bitmap, std::size_t cpu) {
    return cpu / 8 < bitmap.size() && (static_cast<unsigned char>(bitmap[cpu / 8]) >> (cpu % 8) & 1) != 0;
}

std::string cpu_letters(std::string_view bitmap, std::size_t count) {
    std::string letters;
    for (std::size_t cpu = 0; cpu < count; ++cpu) letters += contains_cpu(bitmap, cpu) ? 'y' : '-';
    return letters;
}

std::string cpu_list(std::string_view bitmap, std::size_t count) {
    std::string list;
    for (std::size_t first = 0; first < count; ++first) {
        if (!contains_cpu(bitmap, first)) continue;
        auto last = first;
        while (last + 1 < count && contains_cpu(bitmap, last + 1)) ++last;
        if (!list.empty()) list += ',';
        list += first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
        first = last;
    }
    return list;
}

std::optional<std::string> cpu_bitmap(std::string_view list, std::size_t count) {
    using namespace model::domain;
    if (list != "r" && !is_cpu_set(list)) return std::nullopt;
    auto all = fmt::format("0-{}", std::max<std::size_t>(count, 1) - 1);
    auto chosen = members_of_cpu_set(list == "r" ? all : list);
    if (chosen.empty() || *chosen.rbegin() >= count) return std::nullopt;
    std::string bitmap((count + 7) / 8, '\0');
    for (auto cpu : chosen) bitmap[cpu / 8] = static_cast<char>(bitmap[cpu / 8] | 1 << cpu % 8);
    return bitmap;
}

} // namespace vireo::cli
