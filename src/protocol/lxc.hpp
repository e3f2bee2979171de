// SPDX-License-Identifier: Apache-2.0
// Messages and procedures: the lxc program.
#pragma once

#include "protocol/common.hpp"

namespace vireo::protocol {

struct LxcDomainOpenNamespaceArgs {
    DomainHandle dom;
    std::uint32_t flags{};
};
inline constexpr Procedure<LxcDomainOpenNamespaceArgs, Nothing> lxc_domain_open_namespace{
    Program::Lxc, 1, "DOMAIN_OPEN_NAMESPACE", "domain:open_namespace"};

} // namespace vireo::protocol
