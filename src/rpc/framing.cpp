// SPDX-License-Identifier: Apache-2.0
#include "rpc/framing.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace vireo::rpc {

std::optional<std::size_t> frame_size(std::string_view bytes) {
    if (bytes.size() < protocol::length_size) return std::nullopt;
    auto size = xdr::decode<std::uint32_t>(bytes);
    if (size < protocol::smallest_frame || size > protocol::largest_frame)
        throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                    fmt::format("no message has a length of {} bytes", size));
    return size;
}

Frame parse_frame(std::string_view bytes) {
    return {xdr::decode<protocol::Header>(bytes.substr(protocol::length_size)),
            bytes.substr(protocol::smallest_frame),
            {}};
}

FrameWriter::FrameWriter(std::string& out, const protocol::Header& header) : out_{out}, start_{out.size()} {
    xdr::encode(out_, std::uint32_t{0});
    xdr::encode(out_, header);
}

void FrameWriter::finish() {
    auto size = out_.size() - start_;
    if (size > protocol::largest_frame)
        throw Error(ErrorCode::Rpc, ErrorDomain::Rpc,
                    fmt::format("a message of {} bytes is too large to send", size));
    auto length = std::byteswap(static_cast<std::uint32_t>(size));
    std::memcpy(out_.data() + start_, &length, sizeof length);
    finished_ = true;
}

} // namespace vireo::rpc
