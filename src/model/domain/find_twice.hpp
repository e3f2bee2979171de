// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <ranges>
#include <set>
#include <type_traits>

namespace vireo::model::domain {

/// The first element whose `key` an earlier one has; null when each has its own. Documents can be long:
/// looking at each pair would take hours.
template <std::ranges::range Range, class Key>
const std::ranges::range_value_t<Range>* find_twice(const Range& range, Key key) {
    using Value = std::ranges::range_value_t<Range>;
    std::set<std::decay_t<std::invoke_result_t<Key&, const Value&>>> seen;
    for (const auto& item : range)
        if (!seen.insert(std::invoke(key, item)).second) return &item;
    return nullptr;
}

} // namespace vireo::model::domain
