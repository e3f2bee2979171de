// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xml/outline.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vireo::model::domain {

/// What the description of domains says of one element or attribute.
struct Explanation {
    std::string path; ///< "domain.devices.disk.driver.cache"
    bool of_attribute = false;
    std::string
        condition; ///< what must be chosen above for it to count ("<disk type='network'>"); often nothing
    xml::Meaning meaning;
    std::vector<xml::Outline::Named> attributes, children; ///< of an element
};

/// What may stand at a path of names below "domain", with dots between. Throws InvalidArgument for a name
/// that there is not, with those that there are.
Explanation explain(std::string_view path);

} // namespace vireo::model::domain
