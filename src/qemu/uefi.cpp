// SPDX-License-Identifier: Apache-2.0
#include "qemu/uefi.hpp"

#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace vireo::qemu {

using namespace model::domain;

namespace {
std::optional<Answer> wants(const Os& os, std::string_view feature) {
    auto found = std::ranges::find(os.firmware_features, feature, &FirmwareFeature::name);
    return found == os.firmware_features.end() ? std::nullopt : std::optional{found->enabled};
}

/// A file that QEMU loads itself.
bool is_bios(const Firmware& firmware, const Os& os) {
    return firmware.device == FirmwareDevice::Memory && firmware.offers(FirmwareInterface::Bios) &&
           firmware.boots(os.arch, os.machine);
}

/// For flash memory, which is how UEFI keeps its variables.
bool fits(const Firmware& firmware, const Domain& domain) {
    const auto& os = domain.os;
    if (os.firmware == FirmwareKind::Bios) return is_bios(firmware, os);
    bool is_uefi = firmware.device == FirmwareDevice::Flash && firmware.offers(FirmwareInterface::Uefi);
    if (!is_uefi || !firmware.boots(os.arch, os.machine)) return false;
    for (std::string_view feature : {"secure-boot", "enrolled-keys"}) {
        auto wanted = wants(os, feature);
        if (wanted && (*wanted == Answer::Yes) != firmware.has_feature(feature)) return false;
    }
    bool needs_smm = firmware.has_feature("requires-smm");
    bool smm_is_off = domain.features && domain.features->smm && domain.features->smm->state == Switch::Off;
    if (needs_smm && smm_is_off) return false;
    auto secure = os.loader ? os.loader->secure : std::nullopt;
    if (secure && (*secure == Answer::Yes) != needs_smm) return false;
    bool stateless = os.loader && os.loader->stateless == Answer::Yes;
    return stateless || firmware.nvram_template.has_value();
}

void apply(const Firmware& firmware, Domain& domain) {
    auto& os = domain.os;
    if (!os.loader) os.loader.emplace();
    os.loader->path = firmware.code.path;
    if (os.firmware == FirmwareKind::Bios) {
        os.loader->type = LoaderType::Rom;
        return;
    }
    os.loader->type = LoaderType::Pflash;
    os.loader->readonly = Answer::Yes;
    if (firmware.has_feature("requires-smm")) {
        os.loader->secure = Answer::Yes;
        if (!domain.features) domain.features.emplace();
        domain.features->smm.emplace().state = Switch::On;
    }
    if (os.loader->stateless == Answer::Yes) return;
    if (!os.nvram) os.nvram.emplace();
    if (os.nvram->template_path.empty() && firmware.nvram_template)
        os.nvram->template_path = firmware.nvram_template->path;
}

bool keeps_variables(const Os& os) {
    return os.loader && os.loader->type == LoaderType::Pflash && os.loader->readonly == Answer::Yes &&
           os.loader->stateless != Answer::Yes;
}
} // namespace

void choose_firmware(Domain& domain, const std::vector<Firmware>& installed,
                     const std::filesystem::path& nvram_directory) {
    auto& os = domain.os;
    if (os.firmware) {
        auto found =
            std::ranges::find_if(installed, [&](const auto& firmware) { return fits(firmware, domain); });
        if (found == installed.end())
            throw error(
                ErrorCode::OperationFailed,
                fmt::format("no firmware of type '{}' is installed that suits machine type {} of {} and the "
                            "features asked for; descriptors are looked for in /etc/qemu/firmware and "
                            "/usr/share/qemu/firmware",
                            name_of(*os.firmware), os.machine, os.arch));
        apply(*found, domain);
    }
    if (!keeps_variables(os)) return;
    name_variables(domain, nvram_directory);
    if (!os.nvram->template_path.empty()) return;
    auto is_same = [&](const Firmware& each) {
        return each.code.path == os.loader->path && each.nvram_template;
    };
    auto same = std::ranges::find_if(installed, is_same);
    if (same != installed.end()) os.nvram->template_path = same->nvram_template->path;
}

void name_variables(Domain& domain, const std::filesystem::path& nvram_directory) {
    auto& nvram = domain.os.nvram;
    if (!keeps_variables(domain.os) || (nvram && nvram->type)) return;
    if (!nvram) nvram.emplace();
    nvram->path = nvram_file(domain, nvram_directory);
}

std::filesystem::path nvram_file(const Domain& domain, const std::filesystem::path& nvram_directory) {
    const auto& os = domain.os;
    if (os.nvram && (os.nvram->type || !os.nvram->path.empty())) return os.nvram->path;
    bool is_chosen_later =
        os.firmware == FirmwareKind::Efi && !(os.loader && os.loader->stateless == Answer::Yes);
    if (!is_chosen_later && !keeps_variables(os)) return {};
    return nvram_directory / fmt::format("{}_VARS.fd", domain.name);
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
