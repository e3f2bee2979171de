// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/xml.hpp"

#include <functional>
#include <string>
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

/// The alias of the device of a running domain that an element means, as detaching finds it. Throws
/// DeviceMissing where there is none, OperationUnsupported for a kind that no call takes away.
std::string find_device_alias(Domain& live, std::string_view xml);

/// The same element with what must be the same in every description that it is attached to: an <interface>
/// without an address gets one.
std::string settle_device(std::string_view xml);

/// Puts the new description in the place of the old one; in a running domain, what it leaves out of alias,
/// address, model and names of the host stays. Throws as detaching does, InvalidArgument for a disk
/// or graphics that is not there, OperationUnsupported for a kind that is not replaced.
void update_device(Domain& domain, std::string_view xml, const ChangeContext& context = {});

/// The first place where two descriptions of a device differ, as a path in its element ("driver/@cache");
/// empty where they say the same.
std::string find_difference(const Disk& before, const Disk& after);
std::string find_difference(const Interface& before, const Interface& after);
std::string find_difference(const Graphics& before, const Graphics& after);
std::string find_difference(const Memory& before, const Memory& after);

} // namespace vireo::model::domain
