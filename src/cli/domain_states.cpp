// SPDX-License-Identifier: Apache-2.0
#include "cli/domain_states.hpp"

#include <array>
#include <initializer_list>
#include <vector>

namespace vireo::cli {

namespace {
/// A number's word, and the words of the numbers below it.
struct Entry {
    std::string_view name;
    std::vector<std::string_view> details;
};

const std::vector<Entry> states{
    {"no state", {"unknown"}},
    {"running",
     {"unknown", "booted", "migrated", "restored", "from snapshot", "unpaused", "migration canceled",
      "save canceled", "event wakeup", "crashed", "post-copy", "post-copy failed"}},
    {"idle", {"unknown"}},
    {"paused",
     {"unknown", "user", "migrating", "saving", "dumping", "I/O error", "watchdog", "from snapshot",
      "shutting down", "creating snapshot", "crashed", "starting up", "post-copy", "post-copy failed",
      "api error"}},
    {"in shutdown", {"unknown", "user"}},
    {"shut off",
     {"unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot",
      "daemon"}},
    {"crashed", {"unknown", "panicked"}},
    {"pmsuspended", {"unknown"}},
};

const std::vector<Entry> lifecycle{
    {"Defined", {"Added", "Updated", "Renamed", "Snapshot"}},
    {"Undefined", {"Removed", "Renamed"}},
    {"Started", {"Booted", "Migrated", "Restored", "Snapshot", "Event wakeup"}},
    {"Suspended",
     {"Paused", "Migrated", "I/O Error", "Watchdog", "Restored", "Snapshot", "API error", "Post-copy",
      "Post-copy Error"}},
    {"Resumed", {"Unpaused", "Migrated", "Snapshot", "Post-copy", "Post-copy Error"}},
    {"Stopped", {"Shutdown", "Destroyed", "Crashed", "Migrated", "Saved", "Failed", "Snapshot"}},
    {"Shutdown", {"Finished", "Finished after guest request", "Finished after host request"}},
    {"PMSuspended", {"Memory", "Disk"}},
    {"Crashed", {"Panicked", "Crashloaded"}},
};

std::string_view name_in(const std::vector<Entry>& table, std::int32_t number, std::string_view otherwise) {
    auto index = static_cast<std::size_t>(number); // a negative one is larger than every table
    return index < table.size() ? table[index].name : otherwise;
}

std::string_view detail_in(const std::vector<Entry>& table, std::int32_t number, std::int32_t detail) {
    auto index = static_cast<std::size_t>(number), below = static_cast<std::size_t>(detail);
    if (index >= table.size() || below >= table[index].details.size()) return "unknown";
    return table[index].details[below];
}
} // namespace

std::string_view state_name(std::int32_t state) { return name_in(states, state, "no state"); }
std::string_view reason_name(std::int32_t state, std::int32_t reason) {
    return detail_in(states, state, reason);
}
std::string_view lifecycle_name(std::int32_t event) { return name_in(lifecycle, event, "unknown"); }
std::string_view lifecycle_detail_name(std::int32_t event, std::int32_t detail) {
    return detail_in(lifecycle, event, detail);
}

} // namespace vireo::cli
