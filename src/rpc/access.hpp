// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/procedure.hpp"

#include <cstdint>
#include <vector>

namespace vireo::rpc {

/// The fields of a call's arguments that can decide what the caller must be allowed to do.
struct AccessSelectors {
    std::uint32_t flags = 0;
    std::uint32_t source = 0;
};

template <class Args> AccessSelectors selectors_of(const Args& args) {
    AccessSelectors selectors;
    if constexpr (requires { args.flags; }) selectors.flags = static_cast<std::uint32_t>(args.flags);
    if constexpr (requires { args.source; }) selectors.source = static_cast<std::uint32_t>(args.source);
    return selectors;
}

/// The access rule of one procedure, taken apart.
class AccessRule {
public:
    /// `text` is `Procedure::access`: words of "object:permission", "object:permission:FLAG" (needed when the
    /// flag is set), "object:permission:!FLAG|OTHER" (when none is set) or "object:permission::field:VALUE".
    explicit AccessRule(const protocol::ProcedureInfo& procedure);

    /// Whether a connection that may only read may make this call.
    bool allows_reader(const AccessSelectors& selectors) const;

private:
    struct Condition {
        std::uint32_t mask = 0; // of `flags` or `source`; 0 is no condition
        bool by_source = false;
        bool when_absent = false;
    };
    struct Requirement {
        bool reads; // getattr, read, search_…, or none at all
        Condition condition;
    };
    static Condition parse_condition(std::string_view text);
    static bool applies(const Condition& condition, const AccessSelectors& selectors);
    std::vector<Requirement> requirements_;
};

} // namespace vireo::rpc
