// SPDX-License-Identifier: Apache-2.0
#include "rpc/access.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vireo::rpc {

namespace {
/// The flags that access rules name, with libvirt's public values.
constexpr auto flag_values = std::to_array<std::pair<std::string_view, std::uint32_t>>({
    {"VIR_DOMAIN_AFFECT_LIVE", 1},
    {"VIR_DOMAIN_AFFECT_CONFIG", 2},
    {"VIR_NETWORK_UPDATE_AFFECT_LIVE", 1},
    {"VIR_NETWORK_UPDATE_AFFECT_CONFIG", 2},
    {"VIR_DOMAIN_XML_SECURE", 1},
    {"VIR_DOMAIN_XML_MIGRATABLE", 8},
    {"VIR_DOMAIN_SNAPSHOT_XML_SECURE", 1},
    {"VIR_DOMAIN_CHECKPOINT_XML_SECURE", 1},
    {"VIR_DOMAIN_SAVE_IMAGE_XML_SECURE", 1},
    {"VIR_DOMAIN_VCPU_GUEST", 8},
    {"VIR_DOMAIN_REBOOT_GUEST_AGENT", 2},
    {"VIR_DOMAIN_SHUTDOWN_GUEST_AGENT", 2},
    {"VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE", 64},
    {"VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE", 2},
    {"VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT", 1},
});

/// Calls that only read, but what no reader may see: they open files by a path that the client chooses.
constexpr auto writers_only = std::to_array<std::string_view>({"DOMAIN_SAVE_IMAGE_GET_XML_DESC"});

std::string_view cut(std::string_view& rest, char separator) {
    auto end = std::min(rest.find(separator), rest.size());
    auto word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
}

bool only_reads(std::string_view permission) {
    return permission == "getattr" || permission == "read" || permission.starts_with("search_");
}
} // namespace

AccessRule::AccessRule(const protocol::ProcedureInfo& procedure) {
    if (std::ranges::find(writers_only, procedure.name) != writers_only.end())
        requirements_.push_back({false, {}});
    for (auto rest = procedure.access; !rest.empty();) {
        auto word = cut(rest, ' ');
        if (word == "none") continue;
        cut(word, ':'); // the object
        auto permission = cut(word, ':');
        requirements_.push_back({only_reads(permission), parse_condition(word)});
    }
}

AccessRule::Condition AccessRule::parse_condition(std::string_view text) {
    Condition condition;
    if (text.starts_with(":source:")) {
        condition.by_source = true;
        text.remove_prefix(std::string_view{":source:"}.size());
    }
    if (text.starts_with('!')) {
        condition.when_absent = true;
        text.remove_prefix(1);
    }
    while (!text.empty()) {
        auto flag = cut(text, '|');
        auto known = std::ranges::find(flag_values, flag, &std::pair<std::string_view, std::uint32_t>::first);
        // An unknown flag would be a requirement that never applies: better one that always does.
        if (known == flag_values.end()) return {};
        condition.mask |= known->second;
    }
    return condition;
}

bool AccessRule::applies(const Condition& condition, const AccessSelectors& selectors) {
    if (condition.mask == 0) return true;
    if (condition.by_source) return selectors.source == condition.mask;
    return ((selectors.flags & condition.mask) == 0) == condition.when_absent;
}

bool AccessRule::allows_reader(const AccessSelectors& selectors) const {
    return std::ranges::all_of(requirements_, [&](const Requirement& requirement) {
        return requirement.reads || !applies(requirement.condition, selectors);
    });
}

} // namespace vireo::rpc
