// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"
#include "json/fwd.hpp"

#include <array>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::qemu {

/// What a firmware offers to the system that it boots.
enum class FirmwareInterface { Bios, OpenFirmware, Uboot, Uefi };
constexpr auto names_of(FirmwareInterface) {
    using enum FirmwareInterface;
    return std::to_array<std::pair<FirmwareInterface, std::string_view>>(
        {{Bios, "bios"}, {OpenFirmware, "openfirmware"}, {Uboot, "uboot"}, {Uefi, "uefi"}});
}

/// How QEMU is given a firmware: as flash memory (`-drive if=pflash`), in place of a kernel (`-kernel`), or
/// as a file that it loads itself (`-bios`).
enum class FirmwareDevice { Flash, Kernel, Memory };
constexpr auto names_of(FirmwareDevice) {
    using enum FirmwareDevice;
    return std::to_array<std::pair<FirmwareDevice, std::string_view>>(
        {{Flash, "flash"}, {Kernel, "kernel"}, {Memory, "memory"}});
}

/// Where firmware in flash keeps its variables: in a file beside the code (split), in a copy of the code's
/// own file (combined), nowhere (stateless).
enum class FlashMode { Split, Combined, Stateless };
constexpr auto names_of(FlashMode) {
    using enum FlashMode;
    return std::to_array<std::pair<FlashMode, std::string_view>>(
        {{Split, "split"}, {Combined, "combined"}, {Stateless, "stateless"}});
}

/// The guests that a firmware can boot.
struct FirmwareTarget {
    std::string arch;                  ///< libvirt's name: "x86_64"
    std::vector<std::string> machines; ///< shell patterns of machine types: "pc-q35-*"
};

/// An image, and QEMU's name of its format.
struct FirmwareFile {
    std::string path, format;
};

/// One installed firmware, as its descriptor says (QEMU's docs/interop/firmware.json).
struct Firmware {
    std::string descriptor; ///< path of the file that tells all this
    std::vector<FirmwareInterface> interfaces;
    FirmwareDevice device = FirmwareDevice::Flash;
    FlashMode mode = FlashMode::Split;          ///< of flash
    FirmwareFile code;                          ///< format is of flash only
    std::optional<FirmwareFile> nvram_template; ///< what variables start as: flash in split mode
    std::vector<FirmwareTarget> targets;
    std::vector<std::string> features; ///< "secure-boot", "requires-smm", "enrolled-keys", …

    bool offers(FirmwareInterface interface) const;
    bool has_feature(std::string_view name) const;
    /// `machine` is the full name of a machine type, not its alias.
    bool boots(std::string_view arch, std::string_view machine) const;
};

/// Reads one descriptor; the failure says what is wrong with it.
std::expected<Firmware, std::string> parse_firmware(std::string_view text);

/// The folders of descriptors, the most important first: the administrator's, the distribution's.
std::vector<std::filesystem::path> firmware_folders();

/// All firmwares in the order of preference, which is that of the names of their descriptors. One in an
/// earlier folder replaces those of its name in later ones; an empty one only hides them. A descriptor that
/// cannot be read is left out with a warning. Blocks.
std::vector<Firmware> read_firmwares(const std::vector<std::filesystem::path>& folders = firmware_folders());

} // namespace vireo::qemu
