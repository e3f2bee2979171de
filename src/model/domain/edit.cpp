// SPDX-License-Identifier: Apache-2.0
#include "model/domain/edit.hpp"

#include "base/error.hpp"
#include "model/domain/cpu_set.hpp"

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

void put_pin(std::vector<ThreadPin>& pins, std::uint32_t thread, std::string cpus) {
    std::erase_if(pins, [thread](const auto& pin) { return pin.thread == thread; });
    pins.push_back({thread, std::move(cpus)});
    std::ranges::sort(pins, {}, &ThreadPin::thread);
}

std::string pin_of(const std::vector<ThreadPin>& pins, std::uint32_t thread, const std::string& otherwise) {
    auto pin = std::ranges::find(pins, thread, &ThreadPin::thread);
    return pin == pins.end() ? otherwise : pin->cpus;
}

/// Threads that were only counted get their numbers written down.
void name_iothreads(Domain& domain) {
    for (auto number : iothread_numbers(domain))
        if (std::ranges::find(domain.iothreads, number, &IoThread::id) == domain.iothreads.end())
            domain.iothreads.emplace_back().id = number;
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
    if (iothread_numbers(domain).contains(id))
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has an I/O thread {} already", domain.name, id));
    name_iothreads(domain);
    domain.iothreads.push_back({id, {}, {}});
    domain.iothread_count = static_cast<std::uint32_t>(domain.iothreads.size());
}

IoThread& require_iothread(Domain& domain, std::uint32_t id) {
    if (!iothread_numbers(domain).contains(id))
        throw error(ErrorCode::InvalidArgument,
                    fmt::format("domain '{}' has no I/O thread {}", domain.name, id));
    name_iothreads(domain);
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

void set_pin(Domain& domain, ThreadKind kind, std::uint32_t number, const std::string& cpus) {
    auto chosen = canonical_cpu_set(cpus);
    if (chosen.empty())
        throw error(ErrorCode::InvalidArgument, "a thread needs one processor at least to run on");
    auto& tuning = domain.cpu_tuning;
    switch (kind) {
    case ThreadKind::Emulator: tuning.emulator_pin = std::move(chosen); return;
    case ThreadKind::Vcpu:
        if (number >= domain.vcpus.maximum)
            throw error(ErrorCode::InvalidArgument,
                        fmt::format("domain '{}' has no vcpu {}: it has {}, counted from 0", domain.name,
                                    number, domain.vcpus.maximum));
        return put_pin(tuning.vcpu_pins, number, std::move(chosen));
    case ThreadKind::IoThread:
        if (!iothread_numbers(domain).contains(number))
            throw error(ErrorCode::InvalidArgument,
                        fmt::format("domain '{}' has no iothread {}", domain.name, number));
        name_iothreads(domain);
        return put_pin(tuning.iothread_pins, number, std::move(chosen));
    }
}

std::string pinned_cpus(const Domain& domain, ThreadKind kind, std::uint32_t number) {
    const auto& tuning = domain.cpu_tuning;
    const auto& otherwise = domain.vcpus.cpus;
    switch (kind) {
    case ThreadKind::Vcpu: return pin_of(tuning.vcpu_pins, number, otherwise);
    case ThreadKind::IoThread: return pin_of(tuning.iothread_pins, number, otherwise);
    case ThreadKind::Emulator: break;
    }
    return tuning.emulator_pin.empty() ? otherwise : tuning.emulator_pin;
}

std::set<std::uint32_t> iothread_numbers(const Domain& domain) {
    std::set<std::uint32_t> numbers;
    for (const auto& thread : domain.iothreads) numbers.insert(thread.id);
    for (std::uint32_t next = 1; numbers.size() < domain.iothread_count; ++next) numbers.insert(next);
    return numbers;
}

} // namespace vireo::model::domain
