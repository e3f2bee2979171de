// SPDX-License-Identifier: Apache-2.0
#include "cli/cpu_set.hpp"

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

} // namespace vireo::cli
