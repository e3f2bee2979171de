// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "xml/document.hpp"

namespace vireo::model::domain {

/// Checks the values in parts of a document that the model only keeps. Throws libvirt's errors for them, with
/// line and path.
void check_kept(pugi::xml_node element, const xml::Document& document);

} // namespace vireo::model::domain
