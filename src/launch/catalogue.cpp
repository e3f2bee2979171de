// SPDX-License-Identifier: Apache-2.0
#include "launch/catalogue.hpp"

#include "launch/download.hpp"
#include "launch/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace vireo::launch {

namespace {
std::string require_text(const json::object& entry, std::string_view key, std::size_t number) {
    auto text = json::find_text(entry, key);
    if (!text || text->empty())
        throw error(ErrorCode::ParseFailed, fmt::format("entry {} has no text '{}'", number, key));
    return std::string{*text};
}

CatalogueEntry parse_entry(const json::value& document, std::size_t number) {
    if (!document.is_object())
        throw error(ErrorCode::ParseFailed, fmt::format("entry {} is no object", number));
    const auto& object = document.get_object();
    CatalogueEntry entry;
    entry.name = require_text(object, "name", number);
    entry.version = require_text(object, "version", number);
    entry.architecture = require_text(object, "architecture", number);
    entry.url = require_text(object, "url", number);
    entry.checksums = require_text(object, "checksums", number);
    for (const auto* url : {&entry.url, &entry.checksums})
        if (!is_url(*url))
            throw error(ErrorCode::ParseFailed, fmt::format("entry {}: '{}' is no URL", number, *url));
    if (const auto* aliases = json::find_array(object, "aliases"))
        for (const auto& alias : *aliases)
            if (alias.is_string()) entry.aliases.emplace_back(alias.get_string());
    return entry;
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<CatalogueEntry> load(const std::filesystem::path& path) {
    try {
        return parse_catalogue(content_of(path));
    } catch (const Error& problem) {
        throw error(problem.code, fmt::format("catalogue '{}': {}", path.string(), problem.what()));
    }
}

std::filesystem::path own_catalogue() {
    auto of = [](const char* name) {
        const char* value = std::getenv(name);
        return std::filesystem::path{value ? value : ""};
    };
    if (auto folder = of("XDG_CONFIG_HOME"); folder.is_absolute()) return folder / "vireo/images.json";
    return of("HOME") / ".config/vireo/images.json";
}

bool is_called(const CatalogueEntry& entry, std::string_view version) {
    return entry.version == version || std::ranges::find(entry.aliases, version) != entry.aliases.end();
}
} // namespace

std::vector<CatalogueEntry> parse_catalogue(std::string_view text) {
    auto document = json::parse(text);
    if (!document) throw error(ErrorCode::ParseFailed, document.error());
    const auto* images = document->is_object() ? json::find_array(document->get_object(), "images") : nullptr;
    if (!images) throw error(ErrorCode::ParseFailed, "there is no array 'images'");
    std::vector<CatalogueEntry> entries;
    for (const auto& image : *images) entries.push_back(parse_entry(image, entries.size() + 1));
    return entries;
}

std::vector<CatalogueEntry> load_catalogue() {
    std::error_code none;
    std::vector<CatalogueEntry> all;
    if (auto own = own_catalogue(); std::filesystem::exists(own, none)) all = load(own);
    auto programs = std::filesystem::read_symlink("/proc/self/exe", none).parent_path();
    for (const auto* above : {"..", "../../.."}) {
        auto path = programs / above / "share/vireo/images.json";
        if (!std::filesystem::exists(path, none)) continue;
        auto installed = load(path);
        all.insert(all.end(), installed.begin(), installed.end());
        return all;
    }
    if (all.empty())
        throw error(
            ErrorCode::OpenFailed,
            fmt::format("there is no catalogue of images: share/vireo/images.json is missing beside '{}'",
                        programs.string()));
    return all;
}

CatalogueEntry require_entry(const std::vector<CatalogueEntry>& catalogue, std::string_view wanted) {
    auto colon = std::min(wanted.find(':'), wanted.size());
    auto name = wanted.substr(0, colon);
    bool any = colon == wanted.size();
    auto found = std::ranges::find_if(catalogue, [&](const CatalogueEntry& entry) {
        return entry.name == name && (any || is_called(entry, wanted.substr(colon + 1)));
    });
    if (found != catalogue.end()) return *found;
    std::string known;
    for (const auto& entry : catalogue) known += (known.empty() ? "" : ", ") + entry.title();
    throw error(
        ErrorCode::NoSource,
        fmt::format("'{}' is neither a file nor an image of the catalogue, which has {}", wanted, known));
}

} // namespace vireo::launch
