// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/procedure.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vireo::protocol {

enum class MessageType : std::int32_t {
    Call = 0,
    Reply = 1,
    Message = 2,
    Stream = 3,
    CallWithDescriptors = 4,
    ReplyWithDescriptors = 5,
    StreamHole = 6,
};

enum class MessageStatus : std::int32_t { Ok = 0, Error = 1, Continue = 2 };

/// What stands before every body, after the length word.
struct Header {
    Program program{};
    std::uint32_t version{};
    std::int32_t procedure{};
    MessageType type{};
    std::uint32_t serial{};
    MessageStatus status{};
};

/// Bytes of the length word, which counts itself.
constexpr std::size_t length_size = 4;
constexpr std::size_t header_size = 24;
constexpr std::size_t smallest_frame = length_size + header_size;
constexpr std::size_t largest_frame = length_size + (32U << 20);
/// The largest piece of a stream that one message carries.
constexpr std::size_t stream_chunk_limit = 262120;
constexpr std::size_t descriptor_limit = 32;

/// What an error is about.
struct RemoteErrorDomain {
    std::string name;
    Uuid uuid;
    std::int32_t id{};
};
struct RemoteErrorNetwork {
    std::string name;
    Uuid uuid;
};

/// The body of a reply with status Error.
struct RemoteError {
    std::int32_t code{}, domain{};
    std::optional<std::string> message;
    std::int32_t level{};
    std::optional<RemoteErrorDomain> about_domain;
    std::optional<std::string> text1, text2, text3;
    std::int32_t number1{}, number2{};
    std::optional<RemoteErrorNetwork> about_network;
};

/// virErrorLevel: 2 is an error.
constexpr std::int32_t error_level = 2;

/// The body of a hole in a stream.
struct StreamHole {
    std::int64_t length{};
    std::uint32_t flags{};
};

/// The messages of the keepalive program, both of type Message and without a body.
constexpr std::int32_t keepalive_ping = 1, keepalive_pong = 2;

} // namespace vireo::protocol
