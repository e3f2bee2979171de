// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/xml.hpp"

#include <functional>
#include <string_view>

// Devices that are attached to a definition, taken from it or replaced in it. A device comes as the XML of
// its element alone. Each call leaves a definition that `parse` would accept, or throws Error and leaves it
// as it was.

namespace vireo::model::domain {

/// What a hypervisor fills in and checks when devices have changed.
using Completion = std::function<void(Domain&)>;

/// Which description of a domain is changed, and who completes it.
struct ChangeContext {
    Scope scope = Scope::Definition;
    Completion complete = [](Domain&) {};
    /// Throws ConfigUnsupported for a device that could not be there at all.
    Completion check = [](Domain&) {};
};

/// Throws OperationInvalid (ConfigUnsupported for <rng>) where the domain has it already,
/// OperationUnsupported for a kind that is not attached by a call, and what `parse` throws.
void attach_device(Domain& domain, std::string_view xml, const ChangeContext& context = {});

/// Takes away the device that has all that tells its kind apart and is given (virDomainDetachDeviceFlags).
/// Throws DeviceMissing (InvalidArgument for characters) where there is none, OperationFailed where an
/// <interface> could be several.
void detach_device(Domain& domain, std::string_view xml, const ChangeContext& context = {});
/// The device of that alias, which is the user's in a definition. Throws InternalError for none.
void detach_device_by_alias(Domain& domain, std::string_view alias, const ChangeContext& context = {});

/// Puts the new description in the place of the old one. Throws as detaching does, InvalidArgument for a disk
/// or graphics that is not there, OperationUnsupported for a kind that is not replaced.
void update_device(Domain& domain, std::string_view xml, const ChangeContext& context = {});

} // namespace vireo::model::domain
