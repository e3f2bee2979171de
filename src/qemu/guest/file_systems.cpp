// SPDX-License-Identifier: Apache-2.0
// The file systems inside a guest, which its agent lists, holds still and lets go.
#include "qemu/guest/disk_places.hpp"

#include "qemu/agent/answers.hpp"
#include "qemu/driver.hpp"
#include "qemu/error.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace vireo::qemu {

using hypervisor::GuestFileSystem;

namespace {
/// Of what a hostile guest may list; the wire takes as many.
constexpr std::size_t most_file_systems = 256, most_disks = 256;
/// For file systems that write out all that they hold.
constexpr std::chrono::seconds freeze_patience{60};

std::uint32_t count_in(const json::value& answer, std::string_view command) {
    const auto* count = answer.if_int64();
    if (count == nullptr || *count < 0 || *count > INT32_MAX) throw nonsense(command);
    return static_cast<std::uint32_t>(*count);
}
} // namespace

awaitable<std::vector<GuestFileSystem>> QemuDriver::file_systems(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    const std::string command = "guest-get-fsinfo";
    json::object none;
    auto answer = co_await ask_agent(domain, command, std::move(none));
    auto live = co_await read_live(domain);
    std::vector<GuestFileSystem> found;
    for (const auto& item : require_list(answer, command, most_file_systems)) {
        const auto& from = require_object(item, command);
        GuestFileSystem system{
            find_clean(from, "mountpoint"), find_clean(from, "name"), find_clean(from, "type"), {}};
        const auto* disks = json::find_array(from, "disk");
        if (disks != nullptr && disks->size() > most_disks) throw nonsense(command);
        for (const auto& disk : disks != nullptr ? *disks : json::array{})
            if (const auto* known = find_disk_at(live, require_object(disk, command)))
                system.disks.push_back(known->target);
        found.push_back(std::move(system));
    }
    std::ranges::reverse(found); // the agent begins with what was mounted last
    co_return found;
}

/// Nothing but thawing, and a few questions, is answered by an agent until it has thawed them.
awaitable<std::uint32_t> QemuDriver::freeze(Uuid uuid, std::string name,
                                            std::vector<std::string> mountpoints) {
    auto domain = require(uuid, name);
    std::string command = mountpoints.empty() ? "guest-fsfreeze-freeze" : "guest-fsfreeze-freeze-list";
    json::object arguments;
    if (!mountpoints.empty()) arguments["mountpoints"] = json::array(mountpoints.begin(), mountpoints.end());
    auto answer = co_await ask_slow_agent(domain, command, std::move(arguments), freeze_patience);
    co_return count_in(answer, command);
}

awaitable<std::uint32_t> QemuDriver::thaw(Uuid uuid, std::string name) {
    auto domain = require(uuid, name);
    const std::string command = "guest-fsfreeze-thaw";
    json::object none;
    auto answer = co_await ask_slow_agent(domain, command, std::move(none), freeze_patience);
    co_return count_in(answer, command);
}

awaitable<void> QemuDriver::trim(Uuid uuid, std::string name, MemorySize minimum) {
    auto domain = require(uuid, name);
    json::object arguments{{"minimum", minimum.in_bytes()}};
    co_await ask_slow_agent(domain, "guest-fstrim", std::move(arguments), freeze_patience);
}

} // namespace vireo::qemu
