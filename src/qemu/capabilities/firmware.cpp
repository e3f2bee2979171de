// SPDX-License-Identifier: Apache-2.0
#include "qemu/capabilities/firmware.hpp"

#include "base/log.hpp"
#include "qemu/capabilities/capabilities.hpp"
#include "json/json.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace vireo::qemu {

namespace {
namespace fs = std::filesystem;
constexpr log::Source log{"qemu"};
constexpr std::uintmax_t size_limit = 1U << 20;

/// What is wrong with a descriptor; caught in `parse_firmware`.
struct Fault {
    std::string reason;
};

std::string require_text(const json::object& from, const char* key) {
    if (auto text = json::find_text(from, key); text && !text->empty()) return std::string{*text};
    throw Fault{fmt::format("'{}' is missing or no text", key)};
}

const json::object& require_object(const json::object& from, const char* key) {
    if (const auto* object = json::find_object(from, key)) return *object;
    throw Fault{fmt::format("'{}' is missing or no object", key)};
}

std::vector<std::string> require_texts(const json::object& from, const char* key) {
    const auto* list = json::find_array(from, key);
    if (list == nullptr) throw Fault{fmt::format("'{}' is missing or no list", key)};
    std::vector<std::string> texts;
    for (const auto& item : *list) {
        if (!item.is_string()) throw Fault{fmt::format("'{}' holds what is no text", key)};
        texts.emplace_back(item.get_string());
    }
    return texts;
}

template <Named Choice> Choice require_choice(std::string_view key, std::string_view name) {
    if (auto choice = from_name<Choice>(name)) return *choice;
    throw Fault{fmt::format("'{}' of '{}' is none of {}", name, key, choices_of<Choice>())};
}

FirmwareFile file_of(const json::object& from) {
    return {require_text(from, "filename"), require_text(from, "format")};
}

void read_flash(Firmware& into, const json::object& mapping) {
    into.mode = require_choice<FlashMode>("mode", json::find_text(mapping, "mode").value_or("split"));
    into.code = file_of(require_object(mapping, "executable"));
    if (into.mode == FlashMode::Split)
        into.nvram_template = file_of(require_object(mapping, "nvram-template"));
}

void read_mapping(Firmware& into, const json::object& mapping) {
    into.device = require_choice<FirmwareDevice>("device", require_text(mapping, "device"));
    if (into.device == FirmwareDevice::Flash)
        read_flash(into, mapping);
    else
        into.code = {require_text(mapping, "filename"), {}};
}

std::vector<FirmwareTarget> targets_of(const json::object& from) {
    const auto* list = json::find_array(from, "targets");
    if (list == nullptr) throw Fault{"'targets' is missing or no list"};
    std::vector<FirmwareTarget> targets;
    for (const auto& item : *list) {
        if (!item.is_object()) throw Fault{"'targets' holds what is no object"};
        const auto& target = item.get_object();
        targets.push_back(
            {architecture_of(require_text(target, "architecture")), require_texts(target, "machines")});
    }
    return targets;
}

Firmware firmware_of(const json::object& from) {
    Firmware firmware;
    for (const auto& name : require_texts(from, "interface-types"))
        firmware.interfaces.push_back(require_choice<FirmwareInterface>("interface-types", name));
    read_mapping(firmware, require_object(from, "mapping"));
    firmware.targets = targets_of(from);
    firmware.features = require_texts(from, "features");
    return firmware;
}

bool matches(const std::string& pattern, const std::string& machine) {
    return ::fnmatch(pattern.c_str(), machine.c_str(), 0) == 0;
}

std::expected<Firmware, std::string> read_descriptor(const fs::path& path) {
    std::error_code failure;
    auto size = fs::file_size(path, failure);
    if (failure) return std::unexpected(failure.message());
    if (size > size_limit) return std::unexpected(fmt::format("it has {} bytes", size));
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    auto firmware = parse_firmware(text.str());
    if (firmware) firmware->descriptor = path.native();
    return firmware;
}

/// Of each name the descriptor that counts. std::map sorts by name.
std::map<std::string, fs::path> find_descriptors(const std::vector<fs::path>& folders) {
    std::map<std::string, fs::path> found;
    for (const auto& folder : folders) {
        std::error_code unreadable; // most hosts have only one of the folders
        for (const auto& entry : fs::directory_iterator{folder, unreadable})
            if (entry.path().extension() == ".json") found.emplace(entry.path().filename(), entry.path());
    }
    return found;
}
} // namespace

bool Firmware::offers(FirmwareInterface interface) const {
    return std::ranges::find(interfaces, interface) != interfaces.end();
}

bool Firmware::has_feature(std::string_view name) const {
    return std::ranges::find(features, name) != features.end();
}

bool Firmware::boots(std::string_view arch, std::string_view machine) const {
    std::string name{machine};
    return std::ranges::any_of(targets, [&](const FirmwareTarget& target) {
        return target.arch == arch && std::ranges::any_of(target.machines, [&](const auto& pattern) {
                   return matches(pattern, name);
               });
    });
}

std::expected<Firmware, std::string> parse_firmware(std::string_view text) {
    auto document = json::parse(text);
    if (!document) return std::unexpected(document.error());
    const auto* object = document->if_object();
    if (object == nullptr) return std::unexpected("it is no JSON object");
    try {
        return firmware_of(*object);
    } catch (const Fault& fault) { return std::unexpected(fault.reason); }
}

std::vector<fs::path> firmware_folders() { return {"/etc/qemu/firmware", "/usr/share/qemu/firmware"}; }

std::vector<Firmware> read_firmwares(const std::vector<fs::path>& folders) {
    std::vector<Firmware> firmwares;
    for (const auto& [name, path] : find_descriptors(folders)) {
        std::error_code failure;
        if (fs::file_size(path, failure) == 0 && !failure) continue;
        if (auto firmware = read_descriptor(path))
            firmwares.push_back(std::move(*firmware));
        else
            log.warning("{}: this description of a firmware is of no use: {}", path.native(),
                        firmware.error());
    }
    return firmwares;
}

} // namespace vireo::qemu
