// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

namespace vireo::model::domain {

/// Fills in and straightens what does not depend on the hypervisor: identity, memory, boot order, console.
void normalise(Domain& domain);

/// Whether the first console is this serial port seen again.
bool shows_as_console(const Serial& serial);

/// Checks what concerns several elements. Throws Error with libvirt's code for the fault.
void validate(const Domain& domain);

} // namespace vireo::model::domain
