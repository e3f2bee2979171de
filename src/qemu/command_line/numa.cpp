// SPDX-License-Identifier: Apache-2.0
// The NUMA nodes of the guest, and those of the host that their memory comes from.
#include "model/domain/cpu_set.hpp"
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::qemu {

using namespace model::domain;

namespace {
/// "0-3,8" as QEMU takes it, each range a value of its own: "cpus=0-3,cpus=8".
std::string cpus_of(std::string_view set) {
    std::string result;
    while (!set.empty()) {
        auto item = set.substr(0, set.find(','));
        set.remove_prefix(std::min(set.size(), item.size() + 1));
        result += fmt::format(",cpus={}", item);
    }
    return result;
}

/// All distances, where one of them is not what QEMU takes it to be.
std::vector<std::string> distances_of(const std::vector<NumaCell>& cells) {
    constexpr std::uint32_t here = 10, elsewhere = 20;
    bool is_usual = true;
    std::vector<std::string> texts;
    for (const auto& from : cells)
        for (const auto& to : cells) {
            auto usual = &from == &to ? here : elsewhere;
            auto given = std::ranges::find(from.distances, *to.id, &NumaCell::Distance::id);
            auto value = given == from.distances.end() ? usual : given->value;
            is_usual &= value == usual;
            texts.push_back(fmt::format("dist,src={},dst={},val={}", *from.id, *to.id, value));
        }
    if (is_usual) texts.clear();
    return texts;
}

/// The node that reaches this one best: itself if it has processors; else the fastest that the user tells of,
/// or the first that has processors.
std::optional<std::uint32_t> initiator_of(const Cpu& cpu, const NumaCell& cell) {
    auto id = cell.id.value_or(0);
    if (!cell.cpus.empty()) return id;
    auto reaches = [id](const NumaInterconnect& between) { return between.target == id && !between.cache; };
    const NumaLatency* nearest = nullptr;
    for (const auto& latency : cpu.numa_latencies)
        if (reaches(latency.between) && (nearest == nullptr || latency.value < nearest->value))
            nearest = &latency;
    if (nearest != nullptr) return nearest->between.initiator;
    const NumaBandwidth* widest = nullptr;
    for (const auto& bandwidth : cpu.numa_bandwidths)
        if (reaches(bandwidth.between) && (widest == nullptr || bandwidth.value > widest->value))
            widest = &bandwidth;
    if (widest != nullptr) return widest->between.initiator;
    for (const auto& other : cpu.numa)
        if (!other.cpus.empty()) return other.id;
    return std::nullopt;
}

/// "initiator=0,target=1,hierarchy=first-level,data-type=access-latency".
std::string interconnect_text(const NumaInterconnect& between, std::string_view quantity) {
    constexpr std::string_view hierarchies[] = {"memory", "first-level", "second-level", "third-level"};
    auto level = between.cache.value_or(0);
    if (level >= std::size(hierarchies))
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("<interconnects>: QEMU knows caches up to level 3, not {}", level));
    return fmt::format("hmat-lb,initiator={},target={},hierarchy={},data-type={}-{}", between.initiator,
                       between.target, hierarchies[level], name_of(between.type), quantity);
}

std::string_view associativity_name(CacheAssociativity associativity) {
    return associativity == CacheAssociativity::Full ? "complex" : name_of(associativity);
}

std::string_view policy_name(CachePolicy policy) {
    switch (policy) {
    case CachePolicy::Writeback: return "write-back";
    case CachePolicy::Writethrough: return "write-through";
    case CachePolicy::None: break;
    }
    return "none";
}

/// QEMU's name for what is done by it; a control group does the rest.
std::string_view policy_of(NumaMode mode) {
    switch (mode) {
    case NumaMode::Strict: return "bind";
    case NumaMode::Preferred: return "preferred";
    case NumaMode::Interleave: return "interleave";
    case NumaMode::Restrictive: break;
    }
    return {};
}
} // namespace

bool has_memory_attributes(const Cpu& cpu) {
    auto has_cache = [](const NumaCell& cell) { return !cell.caches.empty(); };
    return std::ranges::any_of(cpu.numa, has_cache) || !cpu.numa_latencies.empty() ||
           !cpu.numa_bandwidths.empty();
}

void CommandLineBuilder::bind(json::object& backend, const NumaCell* cell) const {
    if (!domain_.numa_tuning) return;
    const auto& tuning = *domain_.numa_tuning;
    if (tuning.is_automatic())
        throw error(ErrorCode::InternalError,
                    "placement='auto' needs a program that advises of NUMA nodes (numad), and this host has "
                    "none: name nodes with <numatune><memory nodeset=…>");
    auto own = tuning.nodes.end();
    if (cell != nullptr) own = std::ranges::find(tuning.nodes, cell->id.value_or(0), &NumaTuning::Node::cell);
    bool has_own = own != tuning.nodes.end();
    if (!has_own && !tuning.memory) return;
    auto mode = has_own ? own->mode : tuning.memory->mode;
    auto nodes = members_of_cpu_set(has_own ? own->nodes : tuning.memory->nodes);
    for (auto node : nodes)
        if (!context_.host_nodes.empty() && !std::ranges::binary_search(context_.host_nodes, node))
            throw error(ErrorCode::ConfigUnsupported, fmt::format("the host has no NUMA node {}", node));
    if (policy_of(mode).empty()) return;
    backend["host-nodes"] = json::array(nodes.begin(), nodes.end());
    backend["policy"] = policy_of(mode);
}

void CommandLineBuilder::add_numa() {
    if (!domain_.cpu) return;
    const auto& cpu = *domain_.cpu;
    bool tells_initiators = has_memory_attributes(cpu);
    for (const auto& cell : cpu.numa) {
        auto id = fmt::format("ram-node{}", cell.id.value_or(0));
        add_memory_backend(id, whole_blocks(cell.memory), &cell);
        auto initiator = tells_initiators ? initiator_of(cpu, cell) : std::nullopt;
        auto text = initiator ? fmt::format(",initiator={}", *initiator) : std::string{};
        option("-numa", fmt::format("node,nodeid={}{}{},memdev={}", cell.id.value_or(0), cpus_of(cell.cpus),
                                    text, id));
    }
    for (const auto& text : distances_of(cpu.numa)) option("-numa", text);
    add_memory_attributes(cpu);
}

void CommandLineBuilder::add_memory_attributes(const Cpu& cpu) {
    for (const auto& latency : cpu.numa_latencies)
        option("-numa",
               fmt::format("{},latency={}", interconnect_text(latency.between, "latency"), latency.value));
    for (const auto& bandwidth : cpu.numa_bandwidths)
        option("-numa", fmt::format("{},bandwidth={}K", interconnect_text(bandwidth.between, "bandwidth"),
                                    bandwidth.value.in_kib()));
    for (const auto& cell : cpu.numa)
        for (const auto& cache : cell.caches)
            option("-numa", fmt::format("hmat-cache,node-id={},size={}K,level={},associativity={},policy={},"
                                        "line={}",
                                        cell.id.value_or(0), cache.size.in_kib(), cache.level,
                                        associativity_name(cache.associativity), policy_name(cache.policy),
                                        cache.line.in_bytes()));
}

} // namespace vireo::qemu
