// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::launch {

/// An image of a distribution that can be launched by its name ("debian:12", "debian:bookworm").
struct CatalogueEntry {
    std::string name, version;
    std::vector<std::string> aliases; ///< other words for the version
    std::string architecture;
    std::string url;
    std::string checksums; ///< URL of the file of checksums

    std::string title() const { return name + ":" + version; }
};

/// Reads a catalogue (share/vireo/images.json). Throws Error that tells what is wrong with it.
std::vector<CatalogueEntry> parse_catalogue(std::string_view text);
/// The user's own (XDG_CONFIG_HOME/vireo/images.json), before the installed one: share/vireo/images.json
/// below the folder that the program's `bin` is in, or a built tree's. Throws Error when there is none.
std::vector<CatalogueEntry> load_catalogue();
/// The entry that the user means by "debian:12"; without a version the first of that name. Throws Error that
/// tells the names there are.
CatalogueEntry require_entry(const std::vector<CatalogueEntry>& catalogue, std::string_view wanted);

} // namespace vireo::launch
