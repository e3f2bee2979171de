// SPDX-License-Identifier: Apache-2.0
#include "xdr/reader.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::xdr {

void Reader::opaque(std::string& value, std::size_t limit) {
    std::size_t size = take<std::uint32_t>();
    if (size > limit) refuse_length(size, limit);
    auto padded = (size + 3) / 4 * 4;
    require(padded);
    value.assign(at_, size);
    at_ += padded;
}

bool Reader::flag() {
    auto value = take<std::uint32_t>();
    if (value > 1) refuse("an optional value is neither there nor absent");
    return value == 1;
}

std::uint32_t Reader::narrow(std::uint32_t value, std::size_t bytes) {
    auto bits = static_cast<unsigned>(bytes) * 8;
    auto above = value >> bits, all_ones = ~0U >> bits;
    bool is_unsigned = above == 0;
    bool is_negative = above == all_ones && (value >> (bits - 1) & 1) == 1;
    if (!is_unsigned && !is_negative) refuse("a number does not fit its type");
    return value;
}

void Reader::refuse(const char* why) {
    throw Error(ErrorCode::Rpc, ErrorDomain::Rpc, fmt::format("cannot decode: {}", why));
}

void Reader::refuse_length(std::size_t length, std::size_t limit) {
    throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                fmt::format("cannot decode: a length of {} is over the limit of {}", length, limit));
}

} // namespace vireo::xdr
