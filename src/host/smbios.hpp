// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::host {

/// A part of the host as its firmware describes it: "system" with entries "manufacturer", "product", …
/// libvirt's names (formatdomain, "SMBIOS System Information"). Entries of "oemStrings" have no names.
struct SmbiosPart {
    std::string name;
    std::vector<std::pair<std::string, std::string>> entries;
};

/// Takes a table apart (DMTF DSP0134, "SMBIOS structures"). What is cut off or damaged ends it early.
std::vector<SmbiosPart> parse_smbios(std::string_view table);

/// What the firmware says; nothing when it says nothing: on many virtual machines, and not on x86.
std::optional<std::vector<SmbiosPart>> read_smbios(const std::filesystem::path& root = "/");

} // namespace vireo::host
