// SPDX-License-Identifier: Apache-2.0
// The guest's memory: its size, what it is on the host, and the NUMA nodes that it is divided into.
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr std::uint64_t mib = 1U << 20;

/// QEMU takes whole MiB: what the user gave is rounded up.
std::uint64_t whole_mib(MemorySize size) { return (size.in_bytes() + mib - 1) / mib * mib; }

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
} // namespace

json::object CommandLineBuilder::memory_backend(std::string_view id, std::uint64_t bytes,
                                                const NumaCell* cell) const {
    static const MemoryBacking usual;
    const auto& backing = domain_.memory_backing ? *domain_.memory_backing : usual;
    auto access = cell != nullptr && cell->access ? cell->access : backing.access;
    bool discard = cell != nullptr && cell->discard ? *cell->discard == Answer::Yes : backing.discard;
    bool in_file = backing.source == MemorySource::File;
    bool prealloc = backing.allocation == MemoryAllocation::Immediate || backing.huge_pages;
    bool needs_file = in_file || (access && backing.source != MemorySource::Memfd) || backing.huge_pages;
    json::object object;
    if (backing.source == MemorySource::Memfd) {
        object = {{"qom-type", "memory-backend-memfd"}, {"id", id}};
        if (backing.huge_pages) {
            object["hugetlb"] = true;
            if (!backing.pages.empty()) object["hugetlbsize"] = backing.pages.front().size.in_bytes();
        }
    } else if (needs_file) {
        auto directory = backing.huge_pages ? context_.huge_pages / context_.memory_directory.filename()
                                            : context_.memory_directory / id;
        object = {{"qom-type", "memory-backend-file"}, {"id", id}, {"mem-path", directory.native()}};
    } else {
        object = {{"qom-type", "memory-backend-ram"}, {"id", id}};
    }
    if (access || (in_file && !backing.huge_pages && backing.source == MemorySource::File))
        object["share"] = access == MemoryAccess::Shared;
    if (discard && needs_file) object["discard-data"] = true;
    bool names_file = needs_file || backing.source == MemorySource::Memfd;
    if (names_file && cell == nullptr) object["x-use-canonical-path-for-ramblock-id"] = false;
    if (prealloc) object["prealloc"] = true;
    if (prealloc && backing.allocation_threads) object["prealloc-threads"] = *backing.allocation_threads;
    object["size"] = bytes;
    return object;
}

void CommandLineBuilder::add_memory() {
    bool has_nodes = domain_.cpu && !domain_.cpu->numa.empty();
    std::uint64_t bytes = whole_mib(domain_.memory);
    if (has_nodes) {
        bytes = 0;
        for (const auto& cell : domain_.cpu->numa) bytes += whole_mib(cell.memory);
    }
    if (domain_.max_memory)
        option("-m", fmt::format("size={}k,slots={},maxmem={}k", bytes / 1024, domain_.max_memory->slots,
                                 domain_.max_memory->size.in_kib()));
    else
        option("-m", std::to_string(bytes / mib));
    if (!has_nodes) option("-object", memory_backend(ram_id(), bytes, nullptr));
    bool locked = domain_.memory_backing && domain_.memory_backing->locked;
    option("-overcommit", fmt::format("mem-lock={}", locked ? "on" : "off"));
}

void CommandLineBuilder::add_numa() {
    if (!domain_.cpu) return;
    for (const auto& cell : domain_.cpu->numa) {
        auto id = fmt::format("ram-node{}", cell.id.value_or(0));
        option("-object", memory_backend(id, whole_mib(cell.memory), &cell));
        option("-numa",
               fmt::format("node,nodeid={}{},memdev={}", cell.id.value_or(0), cpus_of(cell.cpus), id));
    }
    for (const auto& cell : domain_.cpu->numa)
        for (const auto& distance : cell.distances)
            option("-numa", fmt::format("dist,src={},dst={},val={}", cell.id.value_or(0), distance.id,
                                        distance.value));
}

void CommandLineBuilder::add_iothreads() {
    auto add = [&](const IoThread& thread) {
        json::object object{{"qom-type", "iothread"}, {"id", fmt::format("iothread{}", thread.id)}};
        if (thread.pool_min) object["thread-pool-min"] = *thread.pool_min;
        if (thread.pool_max) object["thread-pool-max"] = *thread.pool_max;
        option("-object", object);
    };
    std::set<std::uint32_t> named;
    for (const auto& thread : domain_.iothreads) {
        add(thread);
        named.insert(thread.id);
    }
    for (std::uint32_t id = 1; named.size() < domain_.iothread_count; ++id)
        if (named.insert(id).second) add(IoThread{id, {}, {}});
}

} // namespace vireo::qemu
