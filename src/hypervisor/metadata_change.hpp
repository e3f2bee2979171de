// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/guest_requests.hpp"
#include "model/domain/domain.hpp"

namespace vireo::hypervisor {

/// Makes the change in a definition. Throws Error as `model::with_metadata` and `set_title` do, and leaves
/// the definition as it was.
void apply(const MetadataChange& change, model::domain::Domain& domain);

/// What virDomainGetMetadata answers from this definition. Throws NoDomainMetadata where there is none.
std::string metadata_of(const model::domain::Domain& domain, MetadataType type, const std::string& uri);

} // namespace vireo::hypervisor
