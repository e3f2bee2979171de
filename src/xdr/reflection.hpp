// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace vireo::xdr {

/// Converts to anything: how `field_count` asks an aggregate how many initialisers it takes.
struct AnyField {
    template <class T> operator T() const;
};

/// The number of fields of an aggregate without bases and C arrays.
template <class T, class... Any> constexpr std::size_t field_count() {
    if constexpr (requires { T{Any{}..., AnyField{}}; })
        return field_count<T, Any..., AnyField>();
    else
        return sizeof...(Any);
}

/// Calls `visit(fields...)` with all fields of an aggregate, in the order of their declaration.
template <class T> constexpr void with_fields(T& value, auto visit) {
    constexpr auto count = field_count<T>();
    if constexpr (count == 0)
        visit();
    else if constexpr (count == 1) {
        auto& [a] = value;
        visit(a);
    } else if constexpr (count == 2) {
        auto& [a, b] = value;
        visit(a, b);
    } else if constexpr (count == 3) {
        auto& [a, b, c] = value;
        visit(a, b, c);
    } else if constexpr (count == 4) {
        auto& [a, b, c, d] = value;
        visit(a, b, c, d);
    } else if constexpr (count == 5) {
        auto& [a, b, c, d, e] = value;
        visit(a, b, c, d, e);
    } else if constexpr (count == 6) {
        auto& [a, b, c, d, e, f] = value;
        visit(a, b, c, d, e, f);
    } else if constexpr (count == 7) {
        auto& [a, b, c, d, e, f, g] = value;
        visit(a, b, c, d, e, f, g);
    } else if constexpr (count == 8) {
        auto& [a, b, c, d, e, f, g, h] = value;
        visit(a, b, c, d, e, f, g, h);
    } else if constexpr (count == 9) {
        auto& [a, b, c, d, e, f, g, h, i] = value;
        visit(a, b, c, d, e, f, g, h, i);
    } else if constexpr (count == 10) {
        auto& [a, b, c, d, e, f, g, h, i, j] = value;
        visit(a, b, c, d, e, f, g, h, i, j);
    } else if constexpr (count == 11) {
        auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
        visit(a, b, c, d, e, f, g, h, i, j, k);
    } else if constexpr (count == 12) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l] = value;
        visit(a, b, c, d, e, f, g, h, i, j, k, l);
    } else {
        static_assert(count <= 12, "more fields than with_fields knows");
    }
}

} // namespace vireo::xdr
