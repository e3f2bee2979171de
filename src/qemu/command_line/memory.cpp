// SPDX-License-Identifier: Apache-2.0
// The guest's memory: its size, what it is on the host, and the NUMA nodes that it is divided into.
#include "model/domain/edit.hpp"
#include "qemu/command_line/builder.hpp"
#include "qemu/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace vireo::qemu {

using namespace model::domain;

namespace {
constexpr std::uint64_t mib = 1U << 20;
} // namespace

std::uint64_t CommandLineBuilder::whole_blocks(MemorySize size) const {
    constexpr std::uint64_t pseries_block = 256 * mib; // what its firmware plugs and unplugs
    auto unit = domain_.os.arch.starts_with("ppc64") ? pseries_block : mib;
    auto bytes = (size.in_bytes() + unit - 1) / unit * unit;
    if (bytes > INT64_MAX || bytes < size.in_bytes())
        throw error(ErrorCode::ConfigUnsupported,
                    fmt::format("{} KiB of memory, rounded up to {} MiB, are more than QEMU can count",
                                size.in_kib(), unit / mib));
    return bytes;
}

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
    if (access) object["share"] = access == MemoryAccess::Shared;
    if (discard && needs_file) object["discard-data"] = true;
    bool names_file = needs_file || backing.source == MemorySource::Memfd;
    if (names_file && cell == nullptr) object["x-use-canonical-path-for-ramblock-id"] = false;
    if (prealloc) object["prealloc"] = true;
    if (backing.allocation_threads) object["prealloc-threads"] = *backing.allocation_threads;
    object["size"] = bytes;
    bind(object, cell);
    return object;
}

void CommandLineBuilder::add_memory_backend(std::string_view id, std::uint64_t bytes, const NumaCell* cell) {
    auto backend = memory_backend(id, bytes, cell);
    bool threads_have_place = backend.contains("prealloc") && backend.contains("host-nodes") &&
                              capabilities_.has_object("thread-context");
    if (threads_have_place) {
        auto context = fmt::format("tc-{}", id);
        option("-object", json::object{{"qom-type", "thread-context"},
                                       {"id", context},
                                       {"node-affinity", backend["host-nodes"]}});
        backend["prealloc-context"] = context;
    }
    option("-object", backend);
}

void CommandLineBuilder::add_memory() {
    bool has_nodes = domain_.cpu && !domain_.cpu->numa.empty();
    std::uint64_t bytes = whole_blocks(domain_.memory);
    if (has_nodes) {
        bytes = 0;
        for (const auto& cell : domain_.cpu->numa) bytes += whole_blocks(cell.memory);
    }
    if (domain_.max_memory)
        option("-m", fmt::format("size={}k,slots={},maxmem={}k", bytes / 1024, domain_.max_memory->slots,
                                 domain_.max_memory->size.in_kib()));
    else
        option("-m", std::to_string(bytes / mib));
    if (!has_nodes) add_memory_backend(ram_id(), bytes, nullptr);
    bool locked = domain_.memory_backing && domain_.memory_backing->locked;
    option("-overcommit", fmt::format("mem-lock={}", locked ? "on" : "off"));
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
    for (auto id : iothread_numbers(domain_))
        if (!named.contains(id)) add(IoThread{id, {}, {}});
    if (!domain_.default_iothread) return;
    json::object main_loop{{"qom-type", "main-loop"}, {"id", "main-loop"}};
    if (domain_.default_iothread->pool_min)
        main_loop["thread-pool-min"] = *domain_.default_iothread->pool_min;
    if (domain_.default_iothread->pool_max)
        main_loop["thread-pool-max"] = *domain_.default_iothread->pool_max;
    option("-object", main_loop);
}

} // namespace vireo::qemu
