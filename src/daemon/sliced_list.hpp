// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/awaitable.hpp"
#include "xdr/writer.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <string>

namespace vireo::daemon {

/// An answer that begins with a list, encoded item by item. One about ten thousand domains takes many turns
/// of the loop, so that nobody else waits for it: `if (list.is_late()) co_await list.pause();` after each
/// item.
template <class Answer> class SlicedList {
public:
    /// Throws Error (Rpc) when the protocol's list cannot hold as many.
    SlicedList(std::size_t count, std::size_t limit) { xdr::Writer{bytes_}.length(count, limit); }

    template <class T> void add(const T& value) { xdr::encode(bytes_, value); }
    bool is_late() const { return std::chrono::steady_clock::now() >= turn_ends_; }
    awaitable<void> pause() {
        co_await asio::post(asio::use_awaitable);
        turn_ends_ = next_end();
    }
    /// All items must have been added, and what follows the list in the answer.
    xdr::Encoded<Answer> take() { return {std::move(bytes_)}; }

private:
    static std::chrono::steady_clock::time_point next_end() {
        using namespace std::chrono_literals;
        return std::chrono::steady_clock::now() + 1ms;
    }
    std::string bytes_;
    std::chrono::steady_clock::time_point turn_ends_ = next_end();
};

} // namespace vireo::daemon
