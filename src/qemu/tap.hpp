// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/fd.hpp"
#include "model/domain/interface.hpp"

#include <string>

namespace vireo::qemu {

/// The host's end of a guest's network card. It goes with its last descriptor, which is QEMU's, so nothing of
/// it survives a guest, however that ends.
struct Tap {
    Fd descriptor;
    std::string name;
};

/// Makes the tap of an interface of type `ethernet` or `bridge`, brings it up, and joins it to its bridge.
/// One that the administrator manages (`managed='no'`) is only opened. Blocks. Throws SystemError, which says
/// what is missing when it is a right.
Tap open_tap(const model::domain::Interface& interface);

/// Takes a tap from its bridge to another one. Blocks. Throws as `open_tap`; then it stays where it was.
void move_tap(const std::string& name, const std::string& from, const std::string& to);

} // namespace vireo::qemu
