// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pugixml.hpp>

namespace vireo::model::domain {

/// libvirt looks for what is in <devices>, <os> and their like wherever it is: of several such elements, the
/// first gets what is in the others.
void merge_doubled(pugi::xml_node domain);

} // namespace vireo::model::domain
