// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/comparison.hpp"
#include "model/domain/documentation.hpp"
#include "model/domain/parts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vireo::model::domain {

/// What the description of domains says of one element or attribute, and what people are told of it.
struct Explanation {
    std::string path; ///< "domain.devices.disk.driver.cache"
    bool of_attribute = false;
    std::string
        condition; ///< what must be chosen above for it to count ("<disk type='network'>"); often nothing
    xml::Meaning meaning;
    Effect effect; ///< of changing it
    const Documentation* documentation = nullptr;
    std::vector<Part> attributes, children; ///< of an element, whatever they depend on
};

/// What may stand at a path of names below "domain", with dots between; '@' before a name asks for the
/// attribute where an element is called the same. Throws InvalidArgument for a name that there is not, with
/// those that there are and the one that was probably meant.
Explanation explain(std::string_view path);

/// What is documented in words that include all of `words` (names, sentences; small letters and capitals are
/// the same), in the order of the format.
std::vector<const Documentation*> search(std::string_view words);

} // namespace vireo::model::domain
