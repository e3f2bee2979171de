// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

#include <set>
#include <string>
#include <string_view>

namespace vireo::qemu {

/// The aliases of all devices that have one.
std::set<std::string> aliases_of(const model::domain::Domain& domain);

/// Whether this device of a running guest can come and go while it runs.
bool can_be_plugged(const model::domain::Domain& domain, std::string_view alias);

/// Throws OperationUnsupported for a kind of device that stays from the start to the end, whichever is meant.
/// `verb`: what is to be done with it ("attached to").
void require_live_kind(std::string_view xml, std::string_view verb);
/// Throws OperationUnsupported, with the reason, unless this device can be plugged into a running guest.
void require_pluggable(const model::domain::Domain& domain, std::string_view alias);
/// The same for taking it out; OperationFailed for a controller that others need.
void require_unpluggable(const model::domain::Domain& domain, std::string_view alias);

} // namespace vireo::qemu
