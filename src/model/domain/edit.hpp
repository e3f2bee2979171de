// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

#include <set>
#include <string>

// Changes of a definition that clients ask for by calls of their own instead of a new document. Each leaves a
// definition that `parse` would accept, or throws Error and leaves it as it was.

namespace vireo::model::domain {

/// Throws InvalidArgument for a title of several lines.
void set_title(Domain& domain, std::string title);

/// <memory>; what the guest has at start is never more. Throws InvalidArgument for none, OperationInvalid
/// where the NUMA cells of the definition say it.
void set_maximum_memory(Domain& domain, MemorySize size);
/// <currentMemory>. Throws InvalidArgument for none, and for more than <memory>.
void set_current_memory(Domain& domain, MemorySize size);

/// The limit of <vcpu>; not more are there at start. Throws InvalidArgument for none, and where the topology
/// of <cpu> has another count.
void set_maximum_vcpus(Domain& domain, std::uint32_t count);
/// The vcpus at start. Throws InvalidArgument for none, and for more than the limit.
void set_current_vcpus(Domain& domain, std::uint32_t count);

/// <iothreadids>: one more thread, or one less. Throws InvalidArgument for one that is there, is not there,
/// or serves a device.
void add_iothread(Domain& domain, std::uint32_t id);
void delete_iothread(Domain& domain, std::uint32_t id);
/// Also one that only the number of threads tells of. Throws InvalidArgument for none.
IoThread& require_iothread(Domain& domain, std::uint32_t id);

/// The host's processors ("0-3,8") that a thread may run on (<vcpupin>, <emulatorpin>, <iothreadpin>). The
/// emulator's own threads have no number. Throws InvalidArgument for none, and for a thread that the
/// definition has not.
void set_pin(Domain& domain, ThreadKind kind, std::uint32_t number, const std::string& cpus);
/// What the definition says of a thread; empty: any that is there.
std::string pinned_cpus(const Domain& domain, ThreadKind kind, std::uint32_t number);

/// The numbers of the threads that disks can have: those that the definition names, and the lowest that are
/// free for the rest.
std::set<std::uint32_t> iothread_numbers(const Domain& domain);

/// The vcpus at start.
inline std::uint32_t current_vcpus(const Domain& domain) {
    return domain.vcpus.current.value_or(domain.vcpus.maximum);
}

} // namespace vireo::model::domain
