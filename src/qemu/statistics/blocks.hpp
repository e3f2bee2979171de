// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/fwd.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vireo::qemu {

/// What QEMU tells of the device of one disk: answers of `query-blockstats`, `query-block` and
/// `query-named-block-nodes`, joined.
struct BlockDevice {
    std::optional<std::uint64_t> read_requests, read_bytes, read_time; ///< times in nanoseconds
    std::optional<std::uint64_t> write_requests, write_bytes, write_time;
    std::optional<std::uint64_t> flush_requests, flush_time;
    std::optional<std::uint64_t> allocation; ///< highest byte that was written
    std::optional<std::uint64_t> occupied;   ///< bytes that the host keeps for it
    std::optional<std::uint64_t> capacity;   ///< as the guest sees it
    std::optional<std::uint64_t> physical;   ///< of the file or device
    std::string io_status;                   ///< "ok", "failed", "nospace"; empty: not told
};

/// By the alias of the disk.
using BlockDevices = std::map<std::string, BlockDevice, std::less<>>;
BlockDevices join_block_answers(const json::value& statistics, const json::value& devices,
                                const json::value& nodes);

} // namespace vireo::qemu
