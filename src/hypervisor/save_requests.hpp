// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "protocol/procedure.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vireo::hypervisor {

/// How a guest's state goes into a file (virDomainSaveRestoreFlags).
struct SaveOptions {
    std::string file;               // absolute; empty: the domain's own, which its next start takes
    std::optional<std::string> xml; // what it shall have afterwards
    bool bypass_cache = false;
    std::optional<bool> running; // afterwards; none: as before
};

/// How a guest goes on from a file.
struct RestoreOptions {
    std::string file; // absolute
    std::optional<std::string> xml;
    bool bypass_cache = false;
    std::optional<bool> running;
    bool reset_nvram = false;
};

/// What is changed of a saved state.
struct SavedChange {
    std::optional<std::string> xml;
    std::optional<bool> running;
};

/// virDomainCoreDumpFormat.
enum class DumpFormat : std::uint32_t { Raw = 0, KdumpZlib = 1, KdumpLzo = 2, KdumpSnappy = 3, WinDmp = 4 };

/// How a guest's memory is dumped (virDomainCoreDumpFlags). `crash`: the guest ends with it; `live`: it goes
/// on meanwhile; `reset`: it begins anew afterwards; `memory_only`: a file for debuggers, without its
/// devices.
struct DumpOptions {
    std::string file; // absolute
    DumpFormat format = DumpFormat::Raw;
    bool crash = false, live = false, bypass_cache = false, reset = false, memory_only = false;
};

/// virDomainJobType and virDomainJobOperation.
enum class JobType : std::int32_t { None = 0, Bounded = 1, Unbounded = 2, Completed = 3, Failed = 4 };
enum class JobOperation : std::int32_t { Unknown = 0, Save = 2, Restore = 3, Dump = 8 };

/// What is known of a domain's long job, under way or over; amounts in bytes of memory.
struct JobStatistics {
    JobType type = JobType::None;
    JobOperation operation = JobOperation::Unknown;
    std::chrono::milliseconds elapsed{0};
    std::uint64_t total = 0, processed = 0, remaining = 0;
    std::vector<protocol::TypedParameter> details; // what else its hypervisor tells, under libvirt's names
};

/// All of it, as clients are told of jobs (virDomainGetJobStats).
std::vector<protocol::TypedParameter> parameters_of(const JobStatistics& job);

/// Who has a domain, or waits for it: what he does, and since when.
struct QueuedJob {
    std::string name, kind; // "save"; as `async::JobKind` calls it
    bool waits = false;
    std::chrono::milliseconds age{0};
};

/// virDomainBlockJobType, as far as there are such.
enum class BlockJobType : std::int32_t { Pull = 1 };
/// Work on a running guest's disk; bandwidth in bytes per second, 0: no limit; how far it is in units of its
/// own.
struct BlockJobStatus {
    BlockJobType type = BlockJobType::Pull;
    std::uint64_t bandwidth = 0, done = 0, total = 0;
};
/// What is copied into a disk's topmost image: all that is above `base`, which is an image's path or
/// "vda[2]"; none: everything.
struct BlockPull {
    std::optional<std::string> base;
    std::uint64_t bandwidth = 0;
};
/// `at_once`: nobody waits for the end. `pivot`: by letting the guest use the copy.
struct BlockJobEnd {
    bool at_once = false, pivot = false;
};

} // namespace vireo::hypervisor
