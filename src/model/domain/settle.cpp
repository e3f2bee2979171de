// SPDX-License-Identifier: Apache-2.0
#include "model/domain/settle.hpp"

#include "base/error.hpp"
#include "model/domain/cpu_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace vireo::model::domain {

namespace {
Error error(ErrorCode code, const std::string& message) {
    return {code, code == ErrorCode::XmlError ? ErrorDomain::Xml : ErrorDomain::Domain, message};
}

/// Nodes are numbered, and stand in the order of their numbers.
void number_cells(std::vector<NumaCell>& cells) {
    std::uint32_t next = 0;
    for (auto& cell : cells) {
        if (!cell.id) cell.id = next;
        ++next;
        cell.cpus = canonical_cpu_set(cell.cpus);
    }
    std::ranges::stable_sort(cells, {}, &NumaCell::id);
}

std::set<std::uint32_t> first_numbers(std::uint32_t count) {
    constexpr std::uint32_t most = 16384; // more than any machine type takes, which is found out later
    std::set<std::uint32_t> numbers;
    for (std::uint32_t number = 0; number < std::min(count, most); ++number) numbers.insert(number);
    return numbers;
}

/// Processors that no node has are of the first one.
void give_rest_to_first(Domain& domain) {
    auto& cells = domain.cpu->numa;
    auto free = first_numbers(domain.vcpus.maximum);
    for (const auto& cell : cells)
        for (auto vcpu : members_of_cpu_set(cell.cpus)) free.erase(vcpu);
    if (free.empty()) return;
    free.merge(members_of_cpu_set(cells.front().cpus));
    cells.front().cpus = text_of_cpu_set(free);
}

void check_interconnect(const std::vector<NumaCell>& cells, const NumaInterconnect& between) {
    if (between.initiator >= cells.size() || between.target >= cells.size())
        throw error(ErrorCode::XmlError, fmt::format("<interconnects>: there is no NUMA node {}",
                                                     std::max(between.initiator, between.target)));
    if (cells[between.initiator].cpus.empty())
        throw error(ErrorCode::XmlError,
                    fmt::format("<interconnects>: NUMA node {} has no processors, and reaches for nothing",
                                between.initiator));
    const auto& caches = cells[between.target].caches;
    bool known = between.cache.value_or(0) == 0 ||
                 std::ranges::find(caches, *between.cache, &NumaCache::level) != caches.end();
    if (!known)
        throw error(ErrorCode::XmlError, fmt::format("<interconnects>: NUMA node {} has no cache of level {}",
                                                     between.target, *between.cache));
}

void check_interconnects(const std::vector<NumaCell>& cells, const auto& list) {
    for (auto item = list.begin(); item != list.end(); ++item) {
        check_interconnect(cells, item->between);
        for (auto other = list.begin(); other != item; ++other)
            if (item->between == other->between)
                throw error(ErrorCode::XmlError,
                            fmt::format("<interconnects>: what is between nodes {} and {} is given twice",
                                        item->between.initiator, item->between.target));
    }
}

/// Without nodes to choose, the host chooses; it does so too for a guest whose processors it places.
void settle_memory(NumaTuning& tuning, bool vcpus_are_placed) {
    if (!tuning.memory) return;
    auto& memory = *tuning.memory;
    if (!memory.placement && memory.nodes.empty() && vcpus_are_placed) memory.placement = Placement::Auto;
    if (memory.placement == Placement::Auto) {
        memory.nodes.clear();
        return;
    }
    memory.placement.reset();
    if (memory.nodes.empty())
        throw error(ErrorCode::XmlError, "<numatune><memory>: nodes of the host are needed in 'nodeset'");
}

void check_bound_cells(const NumaTuning& tuning, std::size_t cells) {
    if (tuning.nodes.empty()) return;
    if (tuning.is_automatic())
        throw error(ErrorCode::ConfigUnsupported,
                    "<memnode> binds a node's memory, which placement='auto' leaves to the host");
    for (const auto& node : tuning.nodes) {
        if (node.cell >= cells)
            throw error(ErrorCode::XmlError,
                        fmt::format("<memnode>: the guest has no NUMA node {}", node.cell));
        if (std::ranges::count(tuning.nodes, node.cell, &NumaTuning::Node::cell) > 1)
            throw error(ErrorCode::XmlError,
                        fmt::format("<memnode>: NUMA node {} is there twice", node.cell));
        bool restricts = node.mode == NumaMode::Restrictive;
        bool all_restrict = tuning.memory && tuning.memory->mode == NumaMode::Restrictive;
        if (tuning.memory && restricts != all_restrict)
            throw error(ErrorCode::XmlError,
                        "<numatune>: mode 'restrictive' is for all of the memory or for none of it");
    }
}

/// The pins of threads that there are, in the order of their numbers.
void settle_pins(std::vector<ThreadPin>& pins, const char* element, const std::set<std::uint32_t>& threads) {
    std::erase_if(pins, [&](const ThreadPin& pin) { return !threads.contains(pin.thread); });
    std::ranges::stable_sort(pins, {}, &ThreadPin::thread);
    auto twice = std::ranges::adjacent_find(pins, {}, &ThreadPin::thread);
    if (twice != pins.end())
        throw error(ErrorCode::XmlError,
                    fmt::format("<{}>: thread {} is there twice", element, twice->thread));
}

/// An entry for each thread, as libvirt shows them.
void settle_scheduling(std::vector<ThreadScheduling>& list, const char* element,
                       const std::set<std::uint32_t>& threads) {
    std::map<std::uint32_t, ThreadScheduling> by_thread;
    for (const auto& item : list)
        for (auto thread : members_of_cpu_set(item.threads)) {
            auto own = item;
            own.threads = std::to_string(thread);
            if (!by_thread.emplace(thread, std::move(own)).second)
                throw error(ErrorCode::XmlDetail,
                            fmt::format("<{}>: thread {} is in two of them", element, thread));
        }
    list.clear();
    for (auto& [thread, item] : by_thread) {
        if (!threads.contains(thread))
            throw error(ErrorCode::XmlError, fmt::format("<{}>: there is no thread {}", element, thread));
        list.push_back(std::move(item));
    }
}

std::set<std::uint32_t> iothreads_of(const Domain& domain) {
    std::set<std::uint32_t> threads;
    for (const auto& thread : domain.iothreads) threads.insert(thread.id);
    for (std::uint32_t id = 1; threads.size() < domain.iothread_count; ++id) threads.insert(id);
    return threads;
}
} // namespace

void settle_numa(Domain& domain) {
    std::size_t cells = domain.cpu ? domain.cpu->numa.size() : 0;
    if (cells != 0) {
        auto& cpu = *domain.cpu;
        number_cells(cpu.numa);
        give_rest_to_first(domain);
        check_interconnects(cpu.numa, cpu.numa_latencies);
        check_interconnects(cpu.numa, cpu.numa_bandwidths);
    }
    bool placed = domain.vcpus.placement == Placement::Auto;
    if (placed && !domain.numa_tuning) domain.numa_tuning.emplace();
    if (!domain.numa_tuning) return;
    auto& tuning = *domain.numa_tuning;
    if (placed && !tuning.memory && tuning.nodes.empty()) tuning.memory.emplace();
    settle_memory(tuning, placed);
    check_bound_cells(tuning, cells);
    std::ranges::stable_sort(tuning.nodes, {}, &NumaTuning::Node::cell);
    const auto& threads = domain.cpu_tuning;
    bool is_pinned =
        !domain.vcpus.cpus.empty() || !threads.vcpu_pins.empty() || !threads.emulator_pin.empty();
    if (tuning.is_automatic() && !is_pinned) domain.vcpus.placement = Placement::Auto;
}

void settle_threads(Domain& domain) {
    auto& tuning = domain.cpu_tuning;
    if (tuning.is_empty()) return;
    auto vcpus = first_numbers(domain.vcpus.maximum);
    settle_pins(tuning.vcpu_pins, "vcpupin", vcpus);
    settle_scheduling(tuning.vcpu_scheduling, "vcpusched", vcpus);
    auto iothreads = iothreads_of(domain);
    settle_pins(tuning.iothread_pins, "iothreadpin", iothreads);
    settle_scheduling(tuning.iothread_scheduling, "iothreadsched", iothreads);
}

void settle_labels(Domain& domain) {
    auto& labels = domain.security_labels;
    for (auto label = labels.begin(); label != labels.end(); ++label)
        for (auto other = labels.begin(); other != label; ++other)
            if (label->model == other->model)
                throw error(ErrorCode::XmlDetail,
                            fmt::format("there are two <seclabel> of model '{}'", label->model));
    for (auto& label : labels) {
        bool is_usual =
            label.type == LabelType::None || (label.type == LabelType::Dynamic && label.base_label.empty());
        if (label.model.empty() && labels.size() == 1 && is_usual)
            label.model = "none"; // that of a host without a driver of labels
        if (label.model.empty()) throw error(ErrorCode::XmlError, "a <seclabel> has no model");
    }
    std::erase_if(labels, [](const SecurityLabel& label) { return !label.type; });
}

} // namespace vireo::model::domain
