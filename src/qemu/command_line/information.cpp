// SPDX-License-Identifier: Apache-2.0
// What the guest's firmware tells of its machine: SMBIOS, files of ours, tables of ACPI.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

void CommandLineBuilder::add_smbios() {
    auto mode = domain_.os.smbios.value_or(SmbiosMode::Emulate);
    if (mode == SmbiosMode::Emulate) return;
    if (mode == SmbiosMode::Host)
        throw error(ErrorCode::ConfigUnsupported, "smbios mode 'host' cannot be started by this version");
    if (std::ranges::find(domain_.system_infos, "smbios", &SystemInfo::type) == domain_.system_infos.end())
        throw error(ErrorCode::XmlError, "smbios mode 'sysinfo' needs a <sysinfo type='smbios'>");
    for (const auto& info : domain_.system_infos) {
        if (info.type != "smbios") continue;
        auto add = [&](int type, const SystemInfo::Block& block) {
            auto value = fmt::format("type={}", type);
            for (const auto& entry : block.entries)
                value += fmt::format(",{}={}", entry.name, escape(entry.value));
            option("-smbios", value);
        };
        if (info.bios) add(0, *info.bios);
        if (info.system) add(1, *info.system);
        for (const auto& board : info.base_boards) add(2, board);
        if (info.chassis) add(3, *info.chassis);
        if (info.oem_strings.empty()) continue;
        std::string value = "type=11";
        for (const auto& text : info.oem_strings) value += ",value=" + escape(text);
        option("-smbios", value);
    }
}

/// Files of the user's that the guest finds in its firmware configuration.
void CommandLineBuilder::add_firmware_files() {
    for (const auto& info : domain_.system_infos)
        for (const auto& file : info.files)
            option("-fw_cfg", !file.value.empty()
                                  ? fmt::format("name={},string={}", escape(file.name), escape(file.value))
                                  : fmt::format("name={},file={}", escape(file.name), escape(file.path)));
}

void CommandLineBuilder::add_acpi_table() {
    if (!domain_.os.acpi_table.empty())
        option("-acpitable", "sig=SLIC,file=" + escape(domain_.os.acpi_table));
}

} // namespace vireo::qemu
