// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

namespace vireo::model::domain {

/// Takes from a completed domain what older daemons do not know and what each of them adds by itself: the
/// second PS/2 input, the usual controllers, audio and panic devices, names that serial ports got later. The
/// domain means the same to a daemon that completes it. Observed at libvirt 9.0's VIR_DOMAIN_XML_MIGRATABLE.
void make_migratable(Domain& domain);

} // namespace vireo::model::domain
