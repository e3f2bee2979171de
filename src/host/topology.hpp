// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/memory_size.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vireo::host {

/// A processor that is online, as the kernel counts them.
struct Processor {
    std::uint32_t id = 0, socket = 0, die = 0, core = 0;
    std::vector<std::uint32_t> siblings; ///< the threads of its core, itself included
};

/// A NUMA node.
struct Cell {
    std::uint32_t id = 0;
    MemorySize memory;
    std::vector<Processor> processors;
    std::vector<std::uint32_t> distances; ///< to each cell, in their order; 10 is here
};

struct Topology {
    std::string arch;       ///< "x86_64", as uname(2) says
    std::string vendor;     ///< "GenuineIntel", "AuthenticAMD"
    std::string model_name; ///< as people know it
    std::uint32_t mhz = 0;
    MemorySize memory;
    std::vector<Cell> cells; ///< at least one
};

/// Reads /proc and /sys below `root`. What the kernel does not say stays empty or one.
Topology read_topology(const std::filesystem::path& root = "/");

/// The numbers of the NUMA nodes, in order; one at least.
std::vector<std::uint32_t> read_numa_nodes(const std::filesystem::path& root = "/");

/// What virNodeGetInfo tells. Sockets are counted per cell; where the host is not regular, all processors are
/// cores of one socket, so that the product is always `cpus`.
struct NodeInfo {
    std::string model; ///< of the processor: its architecture
    MemorySize memory;
    std::uint32_t cpus = 0, mhz = 0, nodes = 1, sockets = 1, cores = 1, threads = 1;
};
NodeInfo node_info(const Topology& topology);

} // namespace vireo::host
