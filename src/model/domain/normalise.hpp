// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

namespace vireo::model::domain {

/// Fills in and straightens what does not depend on the hypervisor: identity, memory, boot order, console.
void normalise(Domain& domain);

/// Checks what concerns several elements. Throws Error with libvirt's code for the fault.
void validate(const Domain& domain);

} // namespace vireo::model::domain
