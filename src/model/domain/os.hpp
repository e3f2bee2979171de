// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/image_source.hpp"
#include "xml/kept.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vireo::model::domain {

enum class OsType { Hvm, Xen, Linux, Exe, Uml, Xenpvh };
constexpr auto names_of(OsType) {
    using enum OsType;
    return std::to_array<std::pair<OsType, std::string_view>>(
        {{Hvm, "hvm"}, {Xen, "xen"}, {Linux, "linux"}, {Exe, "exe"}, {Uml, "uml"}, {Xenpvh, "xenpvh"}});
}

enum class BootDevice { Floppy, Cdrom, Disk, Network };
constexpr auto names_of(BootDevice) {
    using enum BootDevice;
    return std::to_array<std::pair<BootDevice, std::string_view>>(
        {{Floppy, "fd"}, {Cdrom, "cdrom"}, {Disk, "hd"}, {Network, "network"}});
}

struct BootMenu {
    Answer enable = Answer::No;
    std::optional<std::uint32_t> timeout; ///< milliseconds, up to 65535
    friend bool operator==(const BootMenu&, const BootMenu&) = default;
};

enum class LoaderType { Rom, Pflash };
constexpr auto names_of(LoaderType) {
    using enum LoaderType;
    return std::to_array<std::pair<LoaderType, std::string_view>>({{Rom, "rom"}, {Pflash, "pflash"}});
}

enum class FirmwareKind { Bios, Efi };
constexpr auto names_of(FirmwareKind) {
    using enum FirmwareKind;
    return std::to_array<std::pair<FirmwareKind, std::string_view>>({{Bios, "bios"}, {Efi, "efi"}});
}

enum class SmbiosMode { Emulate, Host, Sysinfo };
constexpr auto names_of(SmbiosMode) {
    using enum SmbiosMode;
    return std::to_array<std::pair<SmbiosMode, std::string_view>>(
        {{Emulate, "emulate"}, {Host, "host"}, {Sysinfo, "sysinfo"}});
}

/// <loader>: the firmware's code.
struct Loader {
    std::string path;
    std::optional<Answer> readonly, secure, stateless;
    std::optional<LoaderType> type;
    friend bool operator==(const Loader&, const Loader&) = default;
};

enum class NvramType { File, Block, Network };
constexpr auto names_of(NvramType) {
    using enum NvramType;
    return std::to_array<std::pair<NvramType, std::string_view>>(
        {{File, "file"}, {Block, "block"}, {Network, "network"}});
}

/// The type of a disk with such a source.
constexpr DiskType disk_type(NvramType type) {
    if (type == NvramType::File) return DiskType::File;
    return type == NvramType::Block ? DiskType::Block : DiskType::Network;
}

/// <nvram>: where the firmware keeps its variables; made from `template_path` when it is not there.
struct Nvram {
    std::string path, template_path;
    std::optional<NvramType> type; ///< given: there is a <source> of this type
    NetworkSource network;         ///< of type network
    SourceDetails details;
    friend bool operator==(const Nvram&, const Nvram&) = default;
};

/// <feature> of <firmware>: what a firmware that is chosen for the user must have or lack.
struct FirmwareFeature {
    std::string name; ///< "secure-boot" or "enrolled-keys"
    Answer enabled = Answer::Yes;
    friend bool operator==(const FirmwareFeature&, const FirmwareFeature&) = default;
};

struct Bios {
    std::optional<Answer> use_serial;
    std::optional<std::int32_t> reboot_timeout; ///< milliseconds up to 65535; -1: never
    friend bool operator==(const Bios&, const Bios&) = default;
};

/// <os>: what machine the guest sees and what it boots.
struct Os {
    OsType type = OsType::Hvm;
    std::string arch;    ///< "x86_64"; empty until completed
    std::string machine; ///< "pc-q35-7.2", or an alias of it; empty until completed
    std::string kernel, initrd, cmdline;
    std::vector<BootDevice> boot;
    std::optional<BootMenu> boot_menu;
    std::optional<Bios> bios;
    std::optional<FirmwareKind> firmware; ///< given: code and variables are chosen by the driver
    std::vector<FirmwareFeature> firmware_features;
    std::optional<Loader> loader;
    std::optional<Nvram> nvram;
    std::string device_tree; ///< <dtb>
    std::string acpi_table;  ///< <acpi>: a file with a table of type SLIC for the firmware to show
    std::optional<SmbiosMode> smbios;
    xml::Kept kept;
    friend bool operator==(const Os&, const Os&) = default;
};

} // namespace vireo::model::domain
