// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

namespace vireo::model::domain {

/// Fills in and straightens what does not depend on the hypervisor: identity, memory, boot order, console.
void normalise(Domain& domain);

/// Makes the first console, when it is a serial port, the first serial port once more.
void mirror_serial(Devices& devices);

/// Whether a guest without consoles shows this serial port as one.
bool shows_as_console(const Serial& serial);

/// The <audio> of a guest for which none is given: sound goes where the display goes, and is discarded for
/// one without any display or with VNC, which carries it beside the <audio>.
std::optional<Audio> implied_audio(const Devices& devices);

/// Checks what concerns several elements. Throws Error with libvirt's code for the fault.
/// `live`: of a running guest, which shows what was chosen for it too.
void validate(const Domain& domain, bool live);

} // namespace vireo::model::domain
