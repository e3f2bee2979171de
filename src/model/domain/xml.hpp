// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

namespace vireo::model::domain {

/// Which parts of a document count. A definition has no ids, chosen ports or aliases of the driver; the
/// document of a running domain has them.
enum class Scope { Definition, Live };

/// What becomes of elements and attributes that libvirt's format does not have.
enum class Unknown { Ignore, Refuse };

/// Reads and checks a <domain>, and fills in what does not depend on the hypervisor: UUID, MAC addresses,
/// defaults. Throws Error: XmlDetail for text that is not XML, XmlInvalidSchema for unknown parts that are to
/// be refused, else what libvirt answers for the fault.
Domain parse(std::string_view text, Scope scope = Scope::Definition, Unknown unknown = Unknown::Ignore);

struct Format {
    bool secure = false; ///< with passwords
    bool live = false;   ///< with ids, chosen ports and paths, aliases
    /// In the form that older daemons read: without what every one of them adds by itself
    /// (`make_migratable`).
    bool migratable = false;
};
/// libvirt's layout. Parsing it again gives an equal domain (live ones with Scope::Live, passwords with
/// `secure`).
std::string format(const Domain& domain, Format options = {});

/// What is to be done with a domain: run it, or only tell QEMU's command line.
enum class Concern { Run, CommandLine };
/// The parts that were given and cannot be run by this version, as paths ("/domain/devices/disk[2]/iotune").
std::vector<std::string> unsupported(const Domain& domain, Concern concern = Concern::Run);

} // namespace vireo::model::domain
