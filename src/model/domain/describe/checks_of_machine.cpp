// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/checks.hpp"

#include <algorithm>

namespace vireo::model::domain {

void check(const xml::Reader& node, const HypervFeature& feature) {
    constexpr std::uint32_t fewest = 4095;
    constexpr std::size_t longest = 12;
    if (feature.state == Switch::Off) return;
    if (feature.name == "spinlocks" && feature.retries.value_or(0) < fewest)
        node.fail("retries", ErrorCode::ConfigUnsupported, "at least 4095 retries are needed");
    if (feature.name == "vendor_id" && (feature.vendor.empty() || feature.vendor.size() > longest ||
                                        feature.vendor.find(',') != std::string::npos))
        node.fail("value", ErrorCode::XmlError, "one to twelve characters, none of them ',', are needed");
}

void check(const xml::Reader& node, const Features& features) {
    struct Choice {
        const char* element;
        const char* attribute;
        const std::string& value;
        std::initializer_list<std::string_view> known;
    };
    const Choice choices[] = {
        {"hpt", "resizing", features.hpt_resizing, {"enabled", "disabled", "required"}},
        {"msrs", "unknown", features.msrs_unknown, {"ignore", "fault"}},
        {"cfpc", "value", features.cfpc, {"broken", "workaround", "fixed"}},
        {"sbbc", "value", features.sbbc, {"broken", "workaround", "fixed"}},
        {"ibs", "value", features.ibs, {"broken", "workaround", "fixed-ibs", "fixed-ccd", "fixed-na"}},
    };
    for (const auto& choice : choices)
        if (!choice.value.empty() && std::ranges::find(choice.known, choice.value) == choice.known.end())
            node.child(choice.element)
                .fail(choice.attribute, ErrorCode::XmlError, fmt::format("'{}' is not known", choice.value));
}

void check(const xml::Reader& node, const SystemInfo& info) {
    auto check_block = [&](const char* element, const std::optional<SystemInfo::Block>& block,
                           std::initializer_list<std::string_view> known) {
        if (!block) return;
        for (const auto& entry : block->entries)
            if (std::ranges::find(known, entry.name) == known.end())
                node.child(element).fail(nullptr, ErrorCode::XmlError,
                                         fmt::format("'{}' is not known", entry.name));
    };
    check_block("bios", info.bios, {"vendor", "version", "date", "release"});
    check_block("system", info.system,
                {"manufacturer", "product", "version", "serial", "uuid", "sku", "family"});
    check_block("chassis", info.chassis, {"manufacturer", "version", "serial", "asset", "sku"});
}

} // namespace vireo::model::domain
