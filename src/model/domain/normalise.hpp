// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

namespace vireo::model::domain {

/// Fills in and straightens what does not depend on the hypervisor: identity, memory, boot order, console.
void normalise(Domain& domain);

/// Whether the first console is this serial port seen again.
bool shows_as_console(const Serial& serial);

/// Checks what concerns several elements. Throws Error with libvirt's code for the fault.
/// `live`: of a running guest, which shows what was chosen for it too.
void validate(const Domain& domain, bool live);

} // namespace vireo::model::domain
