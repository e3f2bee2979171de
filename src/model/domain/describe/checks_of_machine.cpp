// SPDX-License-Identifier: Apache-2.0
#include "model/domain/describe/checks.hpp"
#include "model/domain/find_twice.hpp"

#include <algorithm>
#include <map>

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

void read_page_size(const xml::Reader& hpt, std::optional<MemorySize>& size) {
    auto from = hpt;
    try {
        from.memory("maxpagesize", size);
    } catch (const Error& fault) { throw Error(ErrorCode::ConfigUnsupported, fault.domain, fault.what()); }
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

namespace {
/// Brings the entries into the order of the names that they may have.
void settle_block(const xml::Reader& node, SystemInfo::Block& block,
                  std::initializer_list<std::string_view> names) {
    std::vector<SystemInfo::Entry> settled;
    for (const auto& entry : block.entries)
        if (std::ranges::find(names, entry.name) == names.end())
            node.fail(nullptr, ErrorCode::XmlError, fmt::format("'{}' is not known", entry.name));
    for (auto name : names) {
        auto found = std::ranges::find(block.entries, name, &SystemInfo::Entry::name);
        if (found != block.entries.end()) settled.push_back(*found);
    }
    block.entries = std::move(settled);
}

/// A monitor measures what an allocation is for, or some of it.
void check_monitors(const xml::Reader& node, const std::vector<ResourceMonitor>& monitors,
                    std::string_view vcpus) {
    auto allowed = members_of_cpu_set(vcpus);
    for (const auto& monitor : monitors)
        for (auto vcpu : members_of_cpu_set(monitor.vcpus))
            if (!allowed.contains(vcpu))
                node.child("monitor").fail("vcpus", ErrorCode::InvalidArgument,
                                           fmt::format("vcpu {} is none of '{}'", vcpu, vcpus));
}

/// Code and data may have parts of their own, both of them together one part: what of a cache is given away.
unsigned parts_of(CacheType type) {
    switch (type) {
    case CacheType::Code: return 1;
    case CacheType::Data: return 2;
    case CacheType::Both: break;
    }
    return 3;
}
} // namespace

void check(const xml::Reader& node, const CacheTuning& tuning) {
    if (!is_cpu_set(tuning.vcpus))
        node.fail("vcpus", ErrorCode::InvalidArgument, "a list of vcpus such as '0-3' is needed");
    std::map<std::pair<std::uint32_t, std::uint32_t>, unsigned> given;
    for (const auto& cache : tuning.caches) {
        auto& parts = given[{cache.level, cache.id}];
        if ((parts & parts_of(cache.type)) != 0)
            node.fail(nullptr, ErrorCode::XmlError,
                      fmt::format("cache {} of level {} is given twice", cache.id, cache.level));
        parts |= parts_of(cache.type);
    }
    check_monitors(node, tuning.monitors, tuning.vcpus);
}

void check(const xml::Reader& node, const BandwidthTuning& tuning) {
    if (!is_cpu_set(tuning.vcpus))
        node.fail("vcpus", ErrorCode::InvalidArgument, "a list of vcpus such as '0-3' is needed");
    if (const auto* twice = find_twice(tuning.nodes, &BandwidthTuning::Node::id))
        node.fail(nullptr, ErrorCode::XmlError, fmt::format("node {} is given twice", twice->id));
    check_monitors(node, tuning.monitors, tuning.vcpus);
}

void check(const xml::Reader& node, const BlockTuning& tuning) {
    if (const auto* twice = find_twice(tuning.devices, &BlockTuning::Device::path))
        node.fail(nullptr, ErrorCode::ConfigUnsupported,
                  fmt::format("device '{}' is there twice", twice->path));
}

void check(const xml::Reader& node, const PerformanceEvent& event) {
    constexpr std::string_view known[] = {"cmt",
                                          "mbmt",
                                          "mbml",
                                          "cpu_cycles",
                                          "instructions",
                                          "cache_references",
                                          "cache_misses",
                                          "branch_instructions",
                                          "branch_misses",
                                          "bus_cycles",
                                          "stalled_cycles_frontend",
                                          "stalled_cycles_backend",
                                          "ref_cpu_cycles",
                                          "cpu_clock",
                                          "task_clock",
                                          "page_faults",
                                          "context_switches",
                                          "cpu_migrations",
                                          "page_faults_min",
                                          "page_faults_maj",
                                          "alignment_faults",
                                          "emulation_faults"};
    if (std::ranges::find(known, event.name) == std::end(known))
        node.fail("name", ErrorCode::XmlError, fmt::format("'{}' is not known", event.name));
}

void check(const xml::Reader& node, const DeviceOverride::Property& property) {
    std::int64_t negative = 0;
    std::uint64_t positive = 0;
    std::string_view value = property.value;
    bool fits = true;
    switch (property.type) {
    case PropertyType::Signed: fits = xml::read_value(value, negative); break;
    case PropertyType::Unsigned: fits = xml::read_value(value, positive); break;
    case PropertyType::Bool: fits = value == "true" || value == "false"; break;
    case PropertyType::String:
    case PropertyType::Remove: break;
    }
    if (!fits)
        node.fail("value", ErrorCode::XmlError,
                  fmt::format("'{}' is none of type '{}'", value.substr(0, 80), name_of(property.type)));
}

void settle(const xml::Reader& node, SystemInfo& info) {
    if (info.bios) settle_block(node.child("bios"), *info.bios, {"vendor", "version", "date", "release"});
    if (info.system)
        settle_block(node.child("system"), *info.system,
                     {"manufacturer", "product", "version", "serial", "uuid", "sku", "family"});
    for (auto& board : info.base_boards)
        settle_block(node.child("baseBoard"), board,
                     {"manufacturer", "product", "version", "serial", "asset", "location"});
    if (info.chassis)
        settle_block(node.child("chassis"), *info.chassis,
                     {"manufacturer", "version", "serial", "asset", "sku"});
}

} // namespace vireo::model::domain
