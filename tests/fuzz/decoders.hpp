// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/procedure.hpp"

#include <span>
#include <string_view>

namespace vireo::fuzz {

/// Decodes one kind of message, and aborts when what was decoded is not encoded to what decodes to the same.
struct Decoder {
    protocol::Program program;
    std::int32_t number;
    std::string_view name;
    void (*check)(std::string_view body);
};

/// Of the arguments of every call and of every event, in the order of programs and numbers.
std::span<const Decoder> decoders();

} // namespace vireo::fuzz
