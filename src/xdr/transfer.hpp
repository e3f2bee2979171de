// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/uuid.hpp"
#include "xdr/reflection.hpp"
#include "xdr/types.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <type_traits>
#include <variant>

namespace vireo::xdr {

template <class T> constexpr bool is_optional = false;
template <class T> constexpr bool is_optional<std::optional<T>> = true;
template <class T> constexpr bool is_variant = false;
template <class... T> constexpr bool is_variant<std::variant<T...>> = true;
template <class T> constexpr bool is_array = false;
template <class T, std::size_t N> constexpr bool is_array<std::array<T, N>> = true;
template <class T> constexpr bool is_bytes = false;
template <std::size_t Limit> constexpr bool is_bytes<Bytes<Limit>> = true;
template <class T> constexpr bool is_encoded = false;
template <class T> constexpr bool is_encoded<Encoded<T>> = true;
template <class T>
concept CountedArray = requires(T value) {
    { T::limit } -> std::convertible_to<std::size_t>;
    value.resize(0);
};

/// The layout of RFC 4506 for any struct of ours, in both directions; `stream` is a Reader or a Writer. The
/// types say it all: numbers (what is shorter than 32 bits takes 4 bytes), strings, optional data, counted
/// and fixed arrays, opaque data, unions (a variant; the discriminant counts its alternatives from 1), Uuid
/// (16 fixed opaque bytes), and structs field by field.
template <class Stream, class T> void transfer(Stream& stream, T& value) {
    using Plain = std::remove_const_t<T>;
    if constexpr (std::is_arithmetic_v<Plain> || std::is_enum_v<Plain>)
        stream.number(value);
    else if constexpr (std::is_same_v<Plain, std::string>)
        stream.text(value);
    else if constexpr (std::is_same_v<Plain, Uuid>)
        stream.fixed(value.bytes);
    else if constexpr (is_bytes<Plain>)
        stream.opaque(value.data, Plain::limit);
    else if constexpr (is_encoded<Plain>)
        stream.encoded(value.bytes);
    else if constexpr (is_optional<Plain>)
        stream.optional(value);
    else if constexpr (is_variant<Plain>)
        stream.alternative(value);
    else if constexpr (is_array<Plain>) {
        for (auto& item : value) transfer(stream, item);
    } else if constexpr (CountedArray<Plain>) {
        stream.length(value, Plain::limit);
        for (auto& item : value) transfer(stream, item);
    } else {
        with_fields(value, [&](auto&... field) { (transfer(stream, field), ...); });
    }
}

} // namespace vireo::xdr
