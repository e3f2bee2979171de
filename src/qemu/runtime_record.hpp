// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "async/process.hpp"
#include "hypervisor/definition.hpp"
#include "hypervisor/guest_requests.hpp"
#include "store/record.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vireo::qemu {

using Summary = hypervisor::DefinitionSummary;
using Text = hypervisor::Definition;
using hypervisor::format_text;

/// How far a run is. Starting: a daemon that finds it undoes it. Stopping: it finishes it.
enum class Phase { Starting, Running, Stopping };
constexpr auto names_of(Phase) {
    using enum Phase;
    return std::to_array<std::pair<Phase, std::string_view>>(
        {{Starting, "starting"}, {Running, "running"}, {Stopping, "stopping"}});
}

/// What a long job has begun to do: what the next daemon must undo, or bring to its end.
struct PendingJob {
    enum class Kind { Save, Restore, Dump };
    Kind kind = Kind::Save;
    std::string part;     ///< the file that is written; of a restore: the one that goes before the guest runs
    std::string file;     ///< the name that it gets
    bool running = false; ///< the guest is to run afterwards, unless it was saved
    bool whole = false;   ///< all is on disk: from here on the guest is saved
    friend bool operator==(const PendingJob&, const PendingJob&) = default;
};
constexpr auto names_of(PendingJob::Kind) {
    using enum PendingJob::Kind;
    return std::to_array<std::pair<PendingJob::Kind, std::string_view>>(
        {{Save, "save"}, {Restore, "restore"}, {Dump, "dump"}});
}

/// What the store holds of a run: all that the next daemon must know of it.
struct RunRecord {
    Phase phase = Phase::Starting;
    std::int32_t id = -1;
    std::string boot;               ///< of the host; a run of another boot is over
    async::ProcessIdentity process; ///< unknown while starting: then its identity file tells
    hypervisor::StateAndReason state;
    bool reboot_wanted = false; ///< the power-off that comes was asked for as a reboot
    bool autodestroy = false;
    std::vector<std::int32_t> ports; ///< of displays, chosen by us
    std::optional<std::int64_t>
        clock_start; ///< of a clock of variable offset: its offset at the start, seconds
    /// For commands of the guest's agent; none: what is usual. Zero seconds: nobody waits for answers.
    std::optional<hypervisor::AgentPatience> agent_patience;
    std::optional<PendingJob> job;
    /// Devices that are being changed, by alias: the live definition says how they shall be, and QEMU may not
    /// be there yet.
    std::vector<std::string> changing;
    friend bool operator==(const RunRecord&, const RunRecord&) = default;
};

/// All that survives of a domain. Its record exists as long as it is defined or runs.
struct Durable {
    std::string name;
    bool autostart = false;
    Text definition; ///< for the next start; none when transient
    Text live;       ///< what runs
    std::optional<RunRecord> run;
    bool empty() const { return !definition && !run; }
};

/// What the driver itself remembers.
struct DriverRecord {
    std::int32_t next_id = 1;
    std::string autostarted_boot; ///< of the host, in which domains were started because they are so marked
    friend bool operator==(const DriverRecord&, const DriverRecord&) = default;
};

inline constexpr std::string_view domain_kind = "qemu-domain", driver_kind = "qemu-driver";

store::Record to_record(const Uuid& uuid, const Durable& durable);
/// Throws Error when the record makes no sense.
Durable durable_from(store::Record record);
store::Record to_record(const DriverRecord& driver);
DriverRecord driver_from(const store::Record& record);

} // namespace vireo::qemu
