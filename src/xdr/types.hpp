// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vireo::xdr {

/// A counted array with its limit (RFC 4506, 4.13). Reader and writer both refuse more.
template <class T, std::size_t Limit> struct List : std::vector<T> {
    using std::vector<T>::vector;
    static constexpr std::size_t limit = Limit;
};

/// Variable-length opaque data with its limit (RFC 4506, 4.10).
template <std::size_t Limit> struct Bytes {
    std::string data;
    static constexpr std::size_t limit = Limit;
    bool operator==(const Bytes&) const = default;
};

/// A T that is encoded already: for long answers, which are made in parts. Only written.
template <class T> struct Encoded {
    std::string bytes;
};

/// Every string of the protocol has this limit.
constexpr std::size_t string_limit = 4U << 20;

} // namespace vireo::xdr
