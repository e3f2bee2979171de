// SPDX-License-Identifier: Apache-2.0
#include "model/domain/edit.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vireo::model::domain {

namespace {

Error error(ErrorCode code, const std::string& message) { return {code, ErrorDomain::Domain, message}; }

void require_memory(const Domain& domain, MemorySize size) {
    if (size.in_kib() == 0)
        throw error(ErrorCode::InvalidArgument, fmt::format("domain '{}' needs some memory", domain.name));
}

/// Where each vcpu is described by itself, their number follows from that.
void require_countable(const Domain& domain, std::uint32_t count) {
    if (count == 0)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' needs one vcpu at least", domain.name));
    if (domain.kept.element("vcpus"))
        throw error(ErrorCode::ArgumentUnsupported,
                    fmt::format("domain '{}' describes its vcpus one by one in <vcpus>: change it there",
                                domain.name));
}

void set_vcpus(Vcpus& vcpus, std::uint32_t maximum, std::uint32_t current) {
    vcpus.maximum = maximum;
    vcpus.current = current == maximum ? std::nullopt : std::optional{current};
}

} // namespace

void set_title(Domain& domain, std::string title) {
    if (title.find('\n') != title.npos)
        throw error(ErrorCode::InvalidArgument, "the title of a domain is one line: use the description");
    domain.title = std::move(title);
}

void set_maximum_memory(Domain& domain, MemorySize size) {
    require_memory(domain, size);
    if (domain.cpu && !domain.cpu->numa.empty())
        throw error(ErrorCode::OperationInvalid,
                    fmt::format("the memory of domain '{}' is the sum of its NUMA cells: change <numa>",
                                domain.name));
    domain.memory = MemorySize::kib(size.in_kib());
    domain.current_memory = std::min(domain.current_memory, domain.memory);
}

void set_current_memory(Domain& domain, MemorySize size) {
    require_memory(domain, size);
    if (size > domain.memory)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has at most {} KiB of memory: {} KiB are more", domain.name,
                                domain.memory.in_kib(), size.in_kib()));
    domain.current_memory = MemorySize::kib(size.in_kib());
}

void set_maximum_vcpus(Domain& domain, std::uint32_t count) {
    require_countable(domain, count);
    if (domain.cpu && domain.cpu->topology && domain.cpu->topology->vcpus() != count)
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("/domain/cpu/topology of domain '{}' makes {} vcpus, not {}", domain.name,
                                domain.cpu->topology->vcpus(), count));
    set_vcpus(domain.vcpus, count, std::min(current_vcpus(domain), count));
}

void set_current_vcpus(Domain& domain, std::uint32_t count) {
    require_countable(domain, count);
    if (count > domain.vcpus.maximum)
        throw error(ErrorCode::InvalidArgument, fmt::format("domain '{}' has at most {} vcpus: {} are more",
                                                            domain.name, domain.vcpus.maximum, count));
    set_vcpus(domain.vcpus, domain.vcpus.maximum, count);
}

namespace {
/// All threads, also those that only their number tells of: these have the lowest numbers that are free.
std::vector<IoThread> all_iothreads(const Domain& domain) {
    auto threads = domain.iothreads;
    for (std::uint32_t id = 1; threads.size() < domain.iothread_count; ++id)
        if (std::ranges::find(threads, id, &IoThread::id) == threads.end()) threads.push_back({id, {}, {}});
    return threads;
}

/// The device that a thread serves, in words; empty: none.
std::string user_of(const Domain& domain, std::uint32_t id) {
    for (const auto& disk : domain.devices.disks)
        if (disk.driver && disk.driver->iothread == id) return fmt::format("disk '{}'", disk.target);
    for (const auto& controller : domain.devices.controllers)
        if (controller.iothread == id)
            return fmt::format("{} controller {}", name_of(controller.type), controller.index.value_or(0));
    return {};
}
} // namespace

void add_iothread(Domain& domain, std::uint32_t id) {
    auto threads = all_iothreads(domain);
    if (std::ranges::find(threads, id, &IoThread::id) != threads.end())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has an I/O thread {} already", domain.name, id));
    threads.push_back({id, {}, {}});
    domain.iothreads = std::move(threads);
    domain.iothread_count = static_cast<std::uint32_t>(domain.iothreads.size());
}

IoThread& require_iothread(Domain& domain, std::uint32_t id) {
    auto threads = all_iothreads(domain);
    if (std::ranges::find(threads, id, &IoThread::id) == threads.end())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has no I/O thread {}", domain.name, id));
    domain.iothreads = std::move(threads);
    return *std::ranges::find(domain.iothreads, id, &IoThread::id);
}

void delete_iothread(Domain& domain, std::uint32_t id) {
    if (auto user = user_of(domain, id); !user.empty())
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("I/O thread {} of domain '{}' serves {}", id, domain.name, user));
    require_iothread(domain, id);
    std::erase_if(domain.iothreads, [id](const IoThread& thread) { return thread.id == id; });
    std::erase_if(domain.cpu_tuning.iothread_pins, [id](const auto& pin) { return pin.thread == id; });
    domain.iothread_count = static_cast<std::uint32_t>(domain.iothreads.size());
}

} // namespace vireo::model::domain
