// SPDX-License-Identifier: Apache-2.0
#include "qemu/firmware.hpp"

#include "base/log.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr log::Source log{"qemu.firmware"};

std::vector<std::string> texts_of(const json::object& from, std::string_view key) {
    std::vector<std::string> texts;
    if (const auto* list = json::find_array(from, key))
        for (const auto& item : *list)
            if (const auto* text = item.if_string()) texts.emplace_back(text->data(), text->size());
    return texts;
}

std::string filename_of(const json::object& mapping, std::string_view key) {
    const auto* file = json::find_object(mapping, key);
    return file == nullptr ? std::string{} : std::string{json::find_text(*file, "filename").value_or("")};
}

/// Nothing for firmware that is no flash memory.
std::optional<FirmwareDescriptor> descriptor_of(const json::object& from) {
    const auto* mapping = json::find_object(from, "mapping");
    if (mapping == nullptr || json::find_text(*mapping, "device") != "flash") return std::nullopt;
    FirmwareDescriptor firmware;
    auto interfaces = texts_of(from, "interface-types");
    firmware.uefi = std::ranges::find(interfaces, "uefi") != interfaces.end();
    firmware.code = filename_of(*mapping, "executable");
    firmware.variables_template = filename_of(*mapping, "nvram-template");
    firmware.features = texts_of(from, "features");
    if (const auto* targets = json::find_array(from, "targets"))
        for (const auto& target : *targets)
            if (const auto* object = target.if_object())
                firmware.targets.push_back(
                    {std::string{json::find_text(*object, "architecture").value_or("")},
                     texts_of(*object, "machines")});
    return firmware;
}

std::optional<FirmwareDescriptor> read_descriptor(const std::filesystem::path& file) {
    std::ifstream stream{file};
    std::stringstream text;
    text << stream.rdbuf();
    auto document = json::parse(text.str());
    if (!document || !document->is_object()) {
        log.warning("'{}' is no description of a firmware: {}", file.native(),
                    document ? std::string{"it is no object"} : document.error());
        return std::nullopt;
    }
    auto firmware = descriptor_of(document->get_object());
    if (firmware) firmware->file = file;
    return firmware;
}

bool runs_on(const FirmwareDescriptor& firmware, const Os& os) {
    return std::ranges::any_of(firmware.targets, [&](const auto& target) {
        return target.architecture == os.arch &&
               std::ranges::any_of(target.machines, [&](const auto& pattern) {
                   return ::fnmatch(pattern.c_str(), os.machine.c_str(), 0) == 0;
               });
    });
}

std::optional<Answer> wants(const Os& os, std::string_view feature) {
    auto found = std::ranges::find(os.firmware_features, feature, &FirmwareFeature::name);
    return found == os.firmware_features.end() ? std::nullopt : std::optional{found->enabled};
}

bool fits(const FirmwareDescriptor& firmware, const Domain& domain) {
    const auto& os = domain.os;
    if (!firmware.uefi || !runs_on(firmware, os)) return false;
    for (std::string_view feature : {"secure-boot", "enrolled-keys"}) {
        auto wanted = wants(os, feature);
        if (wanted && (*wanted == Answer::Yes) != firmware.has(feature)) return false;
    }
    bool needs_smm = firmware.has("requires-smm");
    bool smm_is_off = domain.features && domain.features->smm && domain.features->smm->state == Switch::Off;
    if (needs_smm && smm_is_off) return false;
    auto secure = os.loader ? os.loader->secure : std::nullopt;
    if (secure && (*secure == Answer::Yes) != needs_smm) return false;
    bool stateless = os.loader && os.loader->stateless == Answer::Yes;
    return stateless || !firmware.variables_template.empty();
}

void apply(const FirmwareDescriptor& firmware, Domain& domain) {
    auto& os = domain.os;
    if (!os.loader) os.loader.emplace();
    os.loader->path = firmware.code;
    os.loader->type = LoaderType::Pflash;
    os.loader->readonly = Answer::Yes;
    if (firmware.has("requires-smm")) {
        os.loader->secure = Answer::Yes;
        if (!domain.features) domain.features.emplace();
        domain.features->smm.emplace().state = Switch::On;
    }
    if (os.loader->stateless == Answer::Yes) return;
    if (!os.nvram) os.nvram.emplace();
    if (os.nvram->template_path.empty()) os.nvram->template_path = firmware.variables_template;
}

bool keeps_variables(const Os& os) {
    return os.loader && os.loader->type == LoaderType::Pflash && os.loader->readonly == Answer::Yes &&
           os.loader->stateless != Answer::Yes;
}
} // namespace

bool FirmwareDescriptor::has(std::string_view feature) const {
    return std::ranges::find(features, feature) != features.end();
}

std::vector<std::filesystem::path> firmware_directories() {
    return {"/etc/qemu/firmware", "/usr/share/qemu/firmware"};
}

std::vector<FirmwareDescriptor> read_firmware(const std::vector<std::filesystem::path>& directories) {
    std::map<std::string, std::filesystem::path> files;
    for (const auto& directory : directories) {
        std::error_code missing; // a host without firmware has no directory of it
        for (const auto& entry : std::filesystem::directory_iterator{directory, missing})
            if (entry.path().extension() == ".json") files.emplace(entry.path().filename(), entry.path());
    }
    std::vector<FirmwareDescriptor> installed;
    for (const auto& [name, path] : files) {
        std::error_code unreadable;
        if (std::filesystem::file_size(path, unreadable) == 0 || unreadable)
            continue; // hides others of its name
        if (auto firmware = read_descriptor(path)) installed.push_back(std::move(*firmware));
    }
    return installed;
}

void choose_firmware(Domain& domain, const std::vector<FirmwareDescriptor>& installed,
                     const std::filesystem::path& nvram_directory) {
    auto& os = domain.os;
    if (os.firmware == FirmwareKind::Efi) {
        auto found =
            std::ranges::find_if(installed, [&](const auto& firmware) { return fits(firmware, domain); });
        if (found == installed.end())
            throw error(
                ErrorCode::OperationFailed,
                fmt::format("no UEFI firmware is installed that suits machine type {} of {} and the features "
                            "asked for; descriptors are looked for in /etc/qemu/firmware and "
                            "/usr/share/qemu/firmware",
                            os.machine, os.arch));
        apply(*found, domain);
    }
    if (!keeps_variables(os)) return;
    if (!os.nvram) os.nvram.emplace();
    if (os.nvram->path.empty()) os.nvram->path = nvram_directory / fmt::format("{}_VARS.fd", domain.name);
    if (!os.nvram->template_path.empty()) return;
    auto same = std::ranges::find(installed, os.loader->path, &FirmwareDescriptor::code);
    if (same != installed.end()) os.nvram->template_path = same->variables_template;
}

void prepare_nvram(const Domain& domain, bool reset) {
    if (!domain.os.nvram || domain.os.nvram->path.empty()) return;
    const std::filesystem::path path = domain.os.nvram->path;
    const auto& from = domain.os.nvram->template_path;
    if (!reset && std::filesystem::exists(path)) return;
    if (from.empty())
        throw error(
            ErrorCode::OperationFailed,
            fmt::format(
                "the firmware's variables '{}' do not exist, and no template is known for '{}': name one "
                "with <nvram template=…>",
                path.native(), domain.os.loader ? domain.os.loader->path : ""));
    std::filesystem::create_directories(path.parent_path());
    auto made = path;
    made += ".new"; // so that a half-written file is never taken for variables
    std::filesystem::copy_file(from, made, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::permissions(made,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::rename(made, path);
}

} // namespace vireo::qemu
