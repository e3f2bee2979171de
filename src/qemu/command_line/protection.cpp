// SPDX-License-Identifier: Apache-2.0
// Memory and keys of a guest that its host cannot read.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using namespace model::domain;

std::string CommandLineBuilder::key_wrapping() const {
    if (domain_.key_wrapping.empty()) return {};
    if (board_ != Board::S390)
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("machine type {} wraps no keys: <keywrap> is for s390-ccw-virtio",
                                domain_.os.machine));
    std::string options;
    for (const auto& cipher : domain_.key_wrapping)
        options += fmt::format(",{}-key-wrap={}", name_of(cipher.name), name_of(cipher.state));
    return options;
}

void CommandLineBuilder::add_launch_security() {
    if (!domain_.launch_security) return;
    constexpr std::string_view type = "s390-pv-guest"; // any other is refused when a domain is completed
    if (!capabilities_.has_object(type))
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{} has no protected guests (<launchSecurity type='s390-pv'>)",
                                capabilities_.emulator));
    option("-object", json::object{{"qom-type", type}, {"id", "lsec0"}});
}

} // namespace vireo::qemu
