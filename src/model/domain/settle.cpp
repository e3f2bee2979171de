// SPDX-License-Identifier: Apache-2.0
#include "model/domain/settle.hpp"

#include "base/error.hpp"
#include "model/domain/cpu_set.hpp"
#include "model/domain/edit.hpp"
#include "model/domain/find_twice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

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
    for (std::uint32_t number = 0; number < cells.size(); ++number)
        if (cells[number].id != number)
            throw error(ErrorCode::XmlError, "<numa>: the cells are numbered from 0, each number once");
}

void check_cell_cpus(const std::vector<NumaCell>& cells, std::uint32_t vcpus) {
    std::set<std::uint32_t> taken;
    for (const auto& cell : cells)
        for (auto vcpu : members_of_cpu_set(cell.cpus))
            if (!taken.insert(vcpu).second)
                throw error(ErrorCode::ConfigUnsupported,
                            fmt::format("<numa>: vcpu {} is in two cells", vcpu));
    if (!taken.empty() && *taken.rbegin() >= vcpus)
        throw error(ErrorCode::InternalError,
                    fmt::format("<numa>: the cells have a vcpu {}, the domain has {}, counted from 0",
                                *taken.rbegin(), vcpus));
}

constexpr std::uint32_t local_distance = 10, farthest = 255;

NumaCell::Distance* find_distance(NumaCell& cell, std::uint32_t to) {
    auto found = std::ranges::find(cell.distances, to, &NumaCell::Distance::id);
    return found == cell.distances.end() ? nullptr : &*found;
}

void check_distance(const NumaCell& cell, const NumaCell::Distance& distance, std::size_t cells) {
    bool is_own = distance.id == *cell.id;
    if (distance.id >= cells)
        throw error(ErrorCode::XmlError, fmt::format("<distances>: there is no NUMA node {}", distance.id));
    if (distance.value < local_distance || distance.value > farthest ||
        is_own != (distance.value == local_distance))
        throw error(ErrorCode::XmlError,
                    fmt::format("<distances>: node {} cannot be {} from node {}; 10 is the node itself, and "
                                "others are from 11 to 255",
                                distance.id, distance.value, *cell.id));
}

/// Each node is at itself, and as far from another one as that is from it, unless the user says otherwise.
void complete_distances(std::vector<NumaCell>& cells) {
    for (const auto& cell : cells)
        for (const auto& distance : cell.distances) check_distance(cell, distance, cells.size());
    auto given = cells;
    for (const auto& cell : given)
        for (const auto& distance : cell.distances) {
            auto& other = cells[distance.id];
            if (find_distance(other, *cell.id) == nullptr)
                other.distances.push_back({*cell.id, distance.value});
        }
    for (auto& cell : cells) {
        if (cell.distances.empty()) continue;
        if (find_distance(cell, *cell.id) == nullptr) cell.distances.push_back({*cell.id, local_distance});
        std::ranges::sort(cell.distances, {}, &NumaCell::Distance::id);
    }
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
    for (const auto& item : list) check_interconnect(cells, item.between);
    auto key_of = [](const auto& item) {
        const auto& between = item.between;
        return std::tuple{between.initiator, between.target, between.cache, between.type};
    };
    if (const auto* twice = find_twice(list, key_of))
        throw error(ErrorCode::XmlError,
                    fmt::format("<interconnects>: what is between nodes {} and {} is given twice",
                                twice->between.initiator, twice->between.target));
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
        throw error(ErrorCode::ConfigUnsupported,
                    "<numatune><memory>: nodes of the host are needed in 'nodeset'");
}

void check_bound_cells(const NumaTuning& tuning, std::size_t cells) {
    if (tuning.nodes.empty()) return;
    if (tuning.is_automatic())
        throw error(ErrorCode::ConfigUnsupported,
                    "<memnode> binds a node's memory, which placement='auto' leaves to the host");
    if (const auto* twice = find_twice(tuning.nodes, &NumaTuning::Node::cell))
        throw error(ErrorCode::XmlError, fmt::format("<memnode>: NUMA node {} is there twice", twice->cell));
    for (const auto& node : tuning.nodes) {
        if (node.cell >= cells)
            throw error(ErrorCode::XmlError,
                        fmt::format("<memnode>: the guest has no NUMA node {}", node.cell));
        bool restricts = node.mode == NumaMode::Restrictive;
        bool all_restrict = tuning.memory && tuning.memory->mode == NumaMode::Restrictive;
        if (tuning.memory && restricts != all_restrict)
            throw error(ErrorCode::XmlError,
                        "<numatune>: mode 'restrictive' is for all of the memory or for none of it");
    }
}

/// Pins in the order of their threads, of which each may have one.
void settle_pins(std::vector<ThreadPin>& pins, const char* element) {
    std::ranges::stable_sort(pins, {}, &ThreadPin::thread);
    auto twice = std::ranges::adjacent_find(pins, {}, &ThreadPin::thread);
    if (twice != pins.end())
        throw error(ErrorCode::InternalError,
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
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("<{}>: there is no thread {}", element, thread));
        list.push_back(std::move(item));
    }
}
} // namespace

void settle_numa(Domain& domain) {
    std::size_t cells = domain.cpu ? domain.cpu->numa.size() : 0;
    if (cells != 0) {
        auto& cpu = *domain.cpu;
        number_cells(cpu.numa);
        check_cell_cpus(cpu.numa, domain.vcpus.maximum);
        give_rest_to_first(domain);
        complete_distances(cpu.numa);
        check_interconnects(cpu.numa, cpu.numa_latencies);
        check_interconnects(cpu.numa, cpu.numa_bandwidths);
    }
    bool placed = domain.vcpus.placement == Placement::Auto;
    if (placed) domain.vcpus.cpus.clear();
    if (domain.numa_tuning == NumaTuning{}) domain.numa_tuning.reset();
    if (!domain.numa_tuning && placed) domain.numa_tuning.emplace();
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

namespace {
void settle_events(std::vector<PerformanceEvent>& events) {
    if (const auto* twice = find_twice(events, &PerformanceEvent::name))
        throw error(ErrorCode::XmlError, fmt::format("<perf>: event '{}' is there twice", twice->name));
}

void settle_ciphers(const std::vector<WrappingCipher>& ciphers) {
    if (const auto* twice = find_twice(ciphers, &WrappingCipher::name))
        throw error(ErrorCode::InternalError,
                    fmt::format("<keywrap>: cipher '{}' is there twice", name_of(twice->name)));
}

/// More than there can be is no limit.
void drop_unlimited(MemoryTuning& tuning) {
    constexpr auto unlimited = MemorySize::kib(9007199254740991);
    for (auto* limit :
         {&tuning.hard_limit, &tuning.soft_limit, &tuning.min_guarantee, &tuning.swap_hard_limit})
        if (*limit && **limit >= unlimited) limit->reset();
}
} // namespace

void settle_host(Domain& domain) {
    settle_events(domain.performance_events);
    settle_ciphers(domain.key_wrapping);
    drop_unlimited(domain.memory_tuning);
    if (domain.default_iothread == DefaultIoThread{}) domain.default_iothread.reset();
    if (domain.resource == ResourceGroup{})
        throw error(ErrorCode::InternalError, "<resource> names neither a partition nor an appid");
}

void settle_threads(Domain& domain) {
    auto& tuning = domain.cpu_tuning;
    if (tuning.is_empty()) return;
    auto vcpus = first_numbers(domain.vcpus.maximum);
    std::erase_if(tuning.vcpu_pins, [&](const auto& pin) { return !vcpus.contains(pin.thread); });
    settle_pins(tuning.vcpu_pins, "vcpupin");
    settle_scheduling(tuning.vcpu_scheduling, "vcpusched", vcpus);
    auto iothreads = iothread_numbers(domain);
    settle_pins(tuning.iothread_pins, "iothreadpin");
    for (const auto& pin : tuning.iothread_pins)
        if (!iothreads.contains(pin.thread))
            throw error(ErrorCode::ConfigUnsupported,
                        fmt::format("<iothreadpin>: there is no iothread {}", pin.thread));
    std::erase_if(tuning.caches,
                  [](const auto& part) { return part.caches.empty() && part.monitors.empty(); });
    settle_scheduling(tuning.iothread_scheduling, "iothreadsched", iothreads);
}

void settle_labels(Domain& domain) {
    auto& labels = domain.security_labels;
    if (const auto* twice = find_twice(labels, &SecurityLabel::model))
        throw error(ErrorCode::XmlDetail,
                    fmt::format("there are two <seclabel> of model '{}'", twice->model));
    for (auto& label : labels) {
        if (label.model == "none" && !label.type) label.type = LabelType::None;
        bool is_usual =
            label.type == LabelType::None || (label.type == LabelType::Dynamic && label.base_label.empty());
        if (label.model.empty() && labels.size() == 1 &&
            is_usual) { // as on a host without a driver of labels
            label.model = "none";
            label.type = LabelType::None;
        }
        if (label.model.empty()) throw error(ErrorCode::XmlError, "a <seclabel> has no model");
    }
    std::erase_if(labels, [](const SecurityLabel& label) { return !label.type; });
}

} // namespace vireo::model::domain
