// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xdr/transfer.hpp"

#include <bit>
#include <cstring>
#include <string>
#include <string_view>

namespace vireo::xdr {

/// Appends values to a buffer. Throws Error (Rpc) when a value is over its limit; the buffer then holds a
/// part of it, which the caller cuts off.
class Writer {
public:
    explicit Writer(std::string& buffer) : buffer_{buffer} {}

    template <class T> void number(T value) {
        if constexpr (std::is_enum_v<T>)
            number(static_cast<std::int32_t>(value));
        else if constexpr (std::is_same_v<T, double>)
            append(std::bit_cast<std::uint64_t>(value));
        else if constexpr (sizeof(T) == 8)
            append(static_cast<std::uint64_t>(value));
        else
            append(static_cast<std::uint32_t>(static_cast<std::int32_t>(value)));
    }
    void text(const std::string& value) { opaque(value, string_limit); }
    void opaque(const std::string& value, std::size_t limit);
    template <std::size_t N> void fixed(const std::array<std::uint8_t, N>& bytes) {
        static_assert(N % 4 == 0);
        buffer_.append(reinterpret_cast<const char*>(bytes.data()), N);
    }
    template <class T> void optional(const std::optional<T>& value) {
        number<std::uint32_t>(value.has_value());
        if (value) transfer(*this, *value);
    }
    template <class... T> void alternative(const std::variant<T...>& value) {
        number(static_cast<std::int32_t>(value.index()) + 1);
        std::visit([this](const auto& held) { transfer(*this, held); }, value);
    }
    void length(const auto& list, std::size_t limit) { length(list.size(), limit); }
    void length(std::size_t count, std::size_t limit) {
        check_limit(count, limit);
        number(static_cast<std::uint32_t>(count));
    }
    void encoded(const std::string& bytes) { buffer_.append(bytes); }

private:
    template <class Unsigned> void append(Unsigned value) {
        value = std::byteswap(value);
        buffer_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    static void check_limit(std::size_t size, std::size_t limit);
    std::string& buffer_;
};

/// Appends the encoding of `value` to `buffer`.
template <class T> void encode(std::string& buffer, const T& value) {
    Writer writer{buffer};
    transfer(writer, value);
}

} // namespace vireo::xdr
