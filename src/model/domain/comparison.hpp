// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vireo::model::domain {

/// What it means to change a part of a definition.
struct Effect {
    /// The guest sees it: a guest that runs, is saved or migrates cannot go on with another one.
    bool guest_sees = true;
    /// A running guest's can be changed by a call (setting, attaching, updating), so that no restart is
    /// needed.
    bool changes_live = false;
    friend bool operator==(const Effect&, const Effect&) = default;
};

/// Of the part at a path of names with dots between ("domain.devices.disk.driver.cache"); elements and
/// attributes look alike.
Effect effect_of(std::string_view path);

/// A part in which two definitions differ.
struct Difference {
    std::string path; ///< "domain.devices.disk[2].target.bus": an index, from 1, where there are several
    std::string before, after; ///< values; "none" for what is not there, "present" for an element as a whole
    Effect effect;
    friend bool operator==(const Difference&, const Difference&) = default;
};

/// All differences, in the order of the format. Of an element that only one of them has, it alone is told.
/// Both should be completed the same way: what one leaves to defaults and the other says differs. Aliases
/// and what else only running guests have does not count.
std::vector<Difference> differences(const Domain& before, const Domain& after);

/// The first difference that the guest would see: with one, `after` cannot take over a guest that was
/// started, saved or migrated as `before`.
std::optional<Difference> abi_difference(const Domain& before, const Domain& after);

} // namespace vireo::model::domain
