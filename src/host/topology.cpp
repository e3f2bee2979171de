// SPDX-License-Identifier: Apache-2.0
#include "host/topology.hpp"

#include "host/files.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace vireo::host {

namespace {
namespace fs = std::filesystem;

MemorySize read_memory(const fs::path& meminfo) {
    return MemorySize::kib(to_number(find_value(meminfo, "MemTotal")).value_or(0));
}

Processor read_processor(const fs::path& folder, std::uint32_t id) {
    auto topology = folder / fmt::format("cpu{}", id) / "topology";
    Processor processor{id, read_number(topology / "physical_package_id", 0),
                        read_number(topology / "die_id", 0), read_number(topology / "core_id", id),
                        parse_list(read_line(topology / "thread_siblings_list"))};
    if (processor.siblings.empty()) processor.siblings.push_back(id);
    return processor;
}

std::vector<std::uint32_t> read_distances(const std::string& line) {
    std::vector<std::uint32_t> distances;
    std::istringstream words{line};
    for (std::uint32_t distance = 0; words >> distance;) distances.push_back(distance);
    return distances;
}

std::vector<Cell> read_cells(const fs::path& root, MemorySize memory) {
    auto cpus = root / "sys/devices/system/cpu", nodes = root / "sys/devices/system/node";
    auto online = parse_list(read_line(cpus / "online"));
    auto add = [&](Cell& cell, const std::vector<std::uint32_t>& ids) {
        for (auto id : ids)
            if (std::ranges::find(online, id) != online.end())
                cell.processors.push_back(read_processor(cpus, id));
    };
    std::vector<Cell> cells;
    for (auto id : parse_list(read_line(nodes / "online"))) {
        auto folder = nodes / fmt::format("node{}", id);
        auto& cell = cells.emplace_back(Cell{id, read_memory(folder / "meminfo"), {}, {}});
        add(cell, parse_list(read_line(folder / "cpulist")));
        cell.distances = read_distances(read_line(folder / "distance"));
    }
    if (cells.empty()) add(cells.emplace_back(Cell{0, memory, {}, {10}}), online);
    return cells;
}

std::string machine_name() {
    utsname names{};
    return ::uname(&names) == 0 ? names.machine : "";
}
} // namespace

Topology read_topology(const std::filesystem::path& root) {
    Topology topology;
    auto cpuinfo = root / "proc/cpuinfo";
    topology.arch = machine_name();
    topology.vendor = find_value(cpuinfo, "vendor_id");
    topology.model_name = find_value(cpuinfo, "model name");
    topology.mhz = static_cast<std::uint32_t>(to_number(find_value(cpuinfo, "cpu MHz")).value_or(0));
    topology.memory = read_memory(root / "proc/meminfo");
    topology.cells = read_cells(root, topology.memory);
    return topology;
}

NodeInfo node_info(const Topology& topology) {
    NodeInfo info{topology.arch, topology.memory, 0, topology.mhz,
                  static_cast<std::uint32_t>(topology.cells.size())};
    std::uint32_t sockets = 0, cores = 0, threads = 0;
    for (const auto& cell : topology.cells) {
        std::map<std::uint32_t, std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t>> by_socket;
        for (const auto& processor : cell.processors) {
            ++info.cpus;
            ++by_socket[processor.socket][{processor.die, processor.core}];
        }
        sockets = std::max(sockets, static_cast<std::uint32_t>(by_socket.size()));
        for (const auto& [socket, by_core] : by_socket) {
            cores = std::max(cores, static_cast<std::uint32_t>(by_core.size()));
            for (const auto& [core, count] : by_core) threads = std::max(threads, count);
        }
    }
    bool regular = std::uint64_t{info.nodes} * sockets * cores * threads == info.cpus;
    if (regular) {
        info.sockets = sockets;
        info.cores = cores;
        info.threads = threads;
    } else {
        info.nodes = info.sockets = info.threads = 1;
        info.cores = info.cpus;
    }
    return info;
}

std::vector<std::uint32_t> read_numa_nodes(const std::filesystem::path& root) {
    auto nodes = parse_list(read_line(root / "sys/devices/system/node/online"));
    if (nodes.empty()) nodes.push_back(0); // a kernel without NUMA has one
    return nodes;
}

} // namespace vireo::host
