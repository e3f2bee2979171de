// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xdr/transfer.hpp"

#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace vireo::xdr {

/// Takes values from a message. Throws Error (Rpc) when the message is too short or says what its type does
/// not allow; a length is never believed beyond the bytes that are there, so memory stays in proportion to
/// the message.
class Reader {
public:
    explicit Reader(std::string_view bytes) : at_{bytes.data()}, end_{bytes.data() + bytes.size()} {}

    template <class T> void number(T& value) {
        if constexpr (std::is_same_v<T, double>)
            value = std::bit_cast<double>(take<std::uint64_t>());
        else if constexpr (sizeof(T) == 8 && !std::is_enum_v<T>)
            value = static_cast<T>(take<std::uint64_t>());
        else if constexpr (std::is_enum_v<T> || sizeof(T) == 4)
            value = static_cast<T>(take<std::uint32_t>());
        else
            value = static_cast<T>(narrow(take<std::uint32_t>(), sizeof(T)));
    }
    void text(std::string& value) { opaque(value, string_limit); }
    void opaque(std::string& value, std::size_t limit);
    template <std::size_t N> void fixed(std::array<std::uint8_t, N>& bytes) {
        static_assert(N % 4 == 0);
        require(N);
        std::memcpy(bytes.data(), at_, N);
        at_ += N;
    }
    template <class T> void optional(std::optional<T>& value) {
        if (flag())
            transfer(*this, value.emplace());
        else
            value.reset();
    }
    template <class... T> void alternative(std::variant<T...>& value) {
        auto chosen = take<std::uint32_t>();
        bool known = read_alternative(value, chosen, std::index_sequence_for<T...>{});
        if (!known) refuse("a union has an unknown discriminant");
    }
    /// Resizes the list to the count that stands in the message. Every element takes four bytes at least.
    void length(auto& list, std::size_t limit) {
        std::size_t count = take<std::uint32_t>();
        if (count > limit) refuse_length(count, limit);
        require(count * 4);
        list.resize(count);
    }
    std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

private:
    template <class Unsigned> Unsigned take() {
        require(sizeof(Unsigned));
        Unsigned value;
        std::memcpy(&value, at_, sizeof value);
        at_ += sizeof value;
        return std::byteswap(value);
    }
    template <class Variant, std::size_t... Index>
    bool read_alternative(Variant& value, std::uint32_t chosen, std::index_sequence<Index...>) {
        return ((chosen == Index + 1 && (transfer(*this, value.template emplace<Index>()), true)) || ...);
    }
    void require(std::size_t bytes) const {
        if (bytes > left()) refuse("the message ends too early");
    }
    bool flag();
    /// A value that must fit `bytes` bytes, signed or not.
    static std::uint32_t narrow(std::uint32_t value, std::size_t bytes);
    [[noreturn]] static void refuse(const char* why);
    [[noreturn]] static void refuse_length(std::size_t length, std::size_t limit);
    const char* at_;
    const char* end_;
};

/// The value that a whole message encodes. Bytes after it are ignored, as libvirt does.
template <class T> T decode(std::string_view bytes) {
    T value;
    Reader reader{bytes};
    transfer(reader, value);
    return value;
}

} // namespace vireo::xdr
