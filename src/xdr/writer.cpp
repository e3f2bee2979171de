// SPDX-License-Identifier: Apache-2.0
#include "xdr/writer.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::xdr {

void Writer::check_limit(std::size_t size, std::size_t limit) {
    if (size > limit)
        throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                    fmt::format("a value of {} items is over the protocol's limit of {}", size, limit));
}

void Writer::opaque(const std::string& value, std::size_t limit) {
    check_limit(value.size(), limit);
    number(static_cast<std::uint32_t>(value.size()));
    buffer_.append(value);
    buffer_.append((4 - value.size() % 4) % 4, '\0');
}

} // namespace vireo::xdr
