// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <span>
#include <string_view>

namespace vireo::async {

/// Bytes both ways: what a stream of a client is connected to (a guest's console, a volume).
class ByteChannel {
public:
    virtual ~ByteChannel() = default;
    /// Waits for bytes and puts them into `space`; 0 at the end. Throws system_error.
    virtual awaitable<std::size_t> read(std::span<char> space) = 0;
    /// Returns when all bytes are taken. Throws system_error.
    virtual awaitable<void> write(std::string_view bytes) = 0;
    /// Ends both directions: whoever waits in `read` or `write` is released by an error or the end.
    virtual void close() noexcept = 0;
};

} // namespace vireo::async
