// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace vireo::store {

/// A checksum against accidents. Each step (xor, odd factor, xor with its own upper half) can be undone, so
/// two inputs that differ in one word of eight bytes never agree; other damage agrees once in 2^64.
class Checksum {
public:
    void add(std::uint64_t word) {
        state_ = (state_ ^ word) * 0x9e3779b97f4a7c15U;
        state_ ^= state_ >> 32;
    }
    /// The length goes first, so that bytes cannot wander from one text to the next.
    void add(std::string_view text) {
        add(std::uint64_t{text.size()});
        for (; text.size() >= 8; text.remove_prefix(8)) add_word(text.data(), 8);
        if (!text.empty()) add_word(text.data(), text.size());
    }
    std::int64_t value() const { return static_cast<std::int64_t>(state_); }

private:
    void add_word(const char* bytes, std::size_t count) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes, count);
        add(word);
    }
    std::uint64_t state_ = 0x56697265'6f000001U;
};

} // namespace vireo::store
