// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/common.hpp"
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
    xml::Kept kept;
    friend bool operator==(const Os&, const Os&) = default;
};

} // namespace vireo::model::domain
