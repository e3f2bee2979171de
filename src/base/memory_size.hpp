// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace vireo {

/// An amount of guest memory or disk space. Bytes inside; units exist only at the edges
/// (the `unit` attribute, the KiB of the wire, the MiB of QEMU's command line).
class MemorySize {
public:
    constexpr MemorySize() = default;
    static constexpr MemorySize bytes(std::uint64_t n) { return MemorySize{n}; }
    static constexpr MemorySize kib(std::uint64_t n) { return MemorySize{n << 10}; }
    static constexpr MemorySize mib(std::uint64_t n) { return MemorySize{n << 20}; }
    constexpr std::uint64_t in_bytes() const { return bytes_; }
    constexpr std::uint64_t in_kib() const { return bytes_ >> 10; }
    constexpr std::uint64_t in_mib() const { return bytes_ >> 20; }
    friend constexpr auto operator<=>(MemorySize, MemorySize) = default;

private:
    explicit constexpr MemorySize(std::uint64_t n) : bytes_{n} {}
    std::uint64_t bytes_ = 0;
};

} // namespace vireo
