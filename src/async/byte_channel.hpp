// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"

#include <cstdint>
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

/// A channel that knows where nothing but zeros is, without carrying them: a sparse file's.
class SparseChannel : public ByteChannel {
public:
    /// Skips the hole that stands next for the reader and returns its bytes; 0 when data or the end does.
    virtual awaitable<std::uint64_t> read_hole() = 0;
    /// Returns when a hole of so many bytes stands where the next `write` would have begun.
    virtual awaitable<void> write_hole(std::uint64_t bytes) = 0;
};

} // namespace vireo::async
