// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// What QEMU has for a disk: the node that the guest uses, and its images, the topmost first, as they are
/// named in each other.
struct DiskChain {
    std::string node;
    std::vector<std::string> files;

    /// The image that a user means by its path, by "vda[2]" (counted from the topmost, which is 0), or by
    /// nothing: none. Throws InvalidArgument when there is no such image below the topmost.
    std::optional<std::string> find_below(const std::string& target,
                                          const std::optional<std::string>& wanted) const;
};

/// Of the disk with this alias, in an answer to `query-block`; nothing where it has no medium.
std::optional<DiskChain> chain_of(const json::value& blocks, std::string_view alias);

} // namespace vireo::qemu
