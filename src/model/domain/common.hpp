// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/enum_names.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace vireo::model::domain {

/// libvirt writes some choices as on and off, and others as yes and no; which one, its format says.
enum class Switch { On, Off };
constexpr auto names_of(Switch) {
    using enum Switch;
    return std::to_array<std::pair<Switch, std::string_view>>({{On, "on"}, {Off, "off"}});
}

enum class Answer { Yes, No };
constexpr auto names_of(Answer) {
    using enum Answer;
    return std::to_array<std::pair<Answer, std::string_view>>({{Yes, "yes"}, {No, "no"}});
}

} // namespace vireo::model::domain
