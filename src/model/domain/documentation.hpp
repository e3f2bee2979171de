// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vireo::model::domain {

/// What people are told of an element or attribute.
struct Documentation {
    std::string path; ///< "domain.devices.disk.driver.@cache": an attribute has an '@'
    std::string sentence;
    std::string usual; ///< what its absence means where the description leaves that to the hypervisor; or
                       ///< empty
    std::string where; ///< the kind of machine or device that it makes sense for; empty: any
};

/// Of all parts of the format, in the order of the files in `documentation/`, which say how they are written.
/// Throws std::logic_error for a file that does not keep to that.
const std::vector<Documentation>& documentation();

/// What is told of the part at `path`, written as there; nullptr when nothing is. An element in one of its
/// own kind, as backing stores have it, is that one.
const Documentation* find_documentation(std::string_view path);

} // namespace vireo::model::domain
