// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hypervisor/domain_snapshot.hpp"

#include <cstdint>

namespace vireo::daemon {

/// What a list of domains shall hold: the bits of virConnectListAllDomainsFlags. Bits of one group are
/// alternatives; a group without a bit asks nothing.
class DomainFilter {
public:
    /// Throws InvalidArgument for unknown bits.
    explicit DomainFilter(std::uint32_t flags);
    bool matches(const hypervisor::DomainSnapshot& domain) const;

private:
    bool allows(std::uint32_t group, std::uint32_t has) const {
        return (flags_ & group) == 0 || (flags_ & has) != 0;
    }
    std::uint32_t flags_;
};

} // namespace vireo::daemon
