// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vireo::launch {

struct IsoFile {
    std::string_view name; ///< ASCII, at most 30 characters
    std::string_view content;
};

/// The bytes of an ISO 9660 file system with these files in its only directory, and the same under their
/// exact names for systems that read Joliet. At most 16 files; a label of at most 16 characters.
std::string make_iso(std::string_view label, std::vector<IsoFile> files);

} // namespace vireo::launch
