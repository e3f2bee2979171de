// SPDX-License-Identifier: Apache-2.0
#include "base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace vireo {

namespace {
/// How many letters must be changed, added or taken away to turn one word into the other (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < to.size(); ++j) {
            auto replaced = diagonal + (from[i] != to[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}
} // namespace

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
    std::string_view nearest;
    auto best = name.size() < 5 ? std::size_t{2} : std::size_t{3}; // further away is another word
    for (auto candidate : candidates)
        if (auto far = distance(name, candidate); far < best) {
            best = far;
            nearest = candidate;
        }
    return nearest;
}

std::string hint(std::string_view nearest) {
    return nearest.empty() ? std::string{} : fmt::format(" (did you mean '{}'?)", nearest);
}

} // namespace vireo
