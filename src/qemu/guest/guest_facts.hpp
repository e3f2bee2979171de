// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"
#include "protocol/procedure.hpp"
#include "json/fwd.hpp"

#include <string_view>
#include <vector>

namespace vireo::qemu {

/// What a guest tells of itself, under libvirt's names (virDomainGetGuestInfo).
using GuestFacts = std::vector<protocol::TypedParameter>;

/// Adds what the agent's answer to one of its commands ("guest-get-osinfo") tells. Throws AgentUnresponsive
/// when the answer makes no sense.
void add_facts(GuestFacts& facts, std::string_view command, const json::value& answer,
               const model::domain::Domain& live);

} // namespace vireo::qemu
