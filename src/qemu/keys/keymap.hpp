// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vireo::qemu {

/// In which way keys are numbered (virKeycodeSet's numbers). The XT codes are those of AT set 1; QEMU's own
/// numbers are these in one byte, where the high bit stands for the prefix 0xe0.
enum class Codeset : std::uint32_t {
    Linux = 0,
    Xt = 1,
    AtSet1 = 2,
    AtSet2 = 3,
    Usb = 7,
    Win32 = 8,
    Qnum = 9
};

/// Throws InvalidArgument for a number that is no set, ArgumentUnsupported for one that has no table.
Codeset codeset_of(std::uint32_t number);
/// QEMU's number of a key. Throws InvalidArgument when the set has no such key, or QEMU does not know it.
std::uint32_t require_qnum(Codeset set, std::uint32_t code);

} // namespace vireo::qemu
