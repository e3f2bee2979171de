// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/domain/domain.hpp"

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

/// The vcpus at start.
inline std::uint32_t current_vcpus(const Domain& domain) {
    return domain.vcpus.current.value_or(domain.vcpus.maximum);
}

} // namespace vireo::model::domain
